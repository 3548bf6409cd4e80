using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>A certificate re-checks from the published numbers alone, and not after anything was changed.</summary>
public sealed class CertificateTests
{
    private static readonly SuppressionPolicy Policy = new();

    private static readonly CountTable Table = Tables.Of(
        "levels", [Tables.Group("school", "s", "t", "u"), Tables.Property("level", "none", "watch", "high")],
        400, 14, 4,
        380, 22, 12,
        290, 11, 3);

    private readonly ProtectionResult.Protected result = Tables.Protect(Policy, Table);

    [Fact]
    public void Verify_AsWritten_Holds()
    {
        var check = Verify(result.Release, result.Certificate);
        Assert.Empty(check.Findings);
        Assert.True(check.WholeNumbers);
        Assert.Equal(result.Release.Tables[0].Counts.Count(c => c is null), check.Hidden);
    }

    [Fact]
    public void File_WrittenAndRead_IsTheSame()
    {
        var read = Assert.IsType<ReleaseFileRead.Read>(ReleaseFile.Read(ReleaseFile.Write(result.Release, result.Certificate)));
        Assert.Equal(result.Release.Tables[0].Counts, read.Release.Tables[0].Counts);
        Assert.Empty(Verify(read.Release, read.Certificate).Findings);
        Assert.Equal(ReleaseFile.Write(result.Release, result.Certificate), ReleaseFile.Write(read.Release, read.Certificate));
    }

    /// <summary>Made from what is published: other hidden counts behind the same shown ones give the same proof to the byte.</summary>
    [Fact]
    public void Protect_OtherTruthBehindTheSameNumbers_SameProof()
    {
        var other = Tables.Protect(Policy, Tables.Of("levels", [.. Table.Shape.Dimensions], [.. Shifted()]));
        Assert.Equal(result.Release.Tables[0].Counts, other.Release.Tables[0].Counts);
        Assert.Equal(ReleaseFile.Write(result.Release, result.Certificate), ReleaseFile.Write(other.Release, other.Certificate));

        // One pupil from high to watch in one school, and the other way in another: the hidden cells' sums stay.
        int[] Shifted()
        {
            var (s, u) = (Shown("s", "watch") is null, Shown("u", "watch") is null);
            Assert.True(s && u, "The test moves pupils between hidden cells.");
            return [400, 15, 3, 380, 22, 12, 290, 10, 4];
        }
    }

    [Fact]
    public void Verify_ShownCountChanged_SaysSo() =>
        AssertFault(With((_, counts) => counts[Place("t", "none")]++), CertificateFault.ReleaseChanged, CertificateFault.DoesNotAdd);

    [Fact]
    public void Verify_HiddenCellShown_SaysSo() =>
        AssertFault(With((_, counts) => counts[Place("s", "high")] = 4), CertificateFault.ReleaseChanged, CertificateFault.AgainstPolicy);

    [Fact]
    public void Verify_ChangedCountWithItsOwnHash_IsStillFound()
    {
        var changed = With((_, counts) => counts[Place("t", "none")] = counts[Place("t", "none")] + 1);
        var check = Verify(changed, result.Certificate with { ReleaseHash = ReleaseHash.Of(changed) });
        Assert.Contains(check.Findings, f => f.Fault == CertificateFault.DoesNotAdd);
    }

    [Fact]
    public void Verify_ValueOfAWitnessChanged_SaysSo() =>
        AssertFault(WithPool(pool => pool with { Tables = [Raised(pool.Tables[0]), .. pool.Tables.Skip(1)] }), CertificateFault.WitnessDisagrees);

    [Fact]
    public void Verify_NegativeWitness_SaysSo() =>
        AssertFault(WithPool(pool => pool with { Tables = [[0, -1], .. pool.Tables.Skip(1)] }), CertificateFault.WitnessDisagrees);

    [Fact]
    public void Verify_WitnessThatOverflows_SaysSo() =>
        AssertFault(WithPool(pool => pool with { Tables = [[0, long.MaxValue, 1, long.MaxValue]] }), CertificateFault.WitnessDisagrees);

    [Fact]
    public void Verify_PlaceOutsideThePool_SaysSo() =>
        AssertFault(WithPool(pool => pool with { Tables = [[9_999, 1]] }), CertificateFault.WitnessDisagrees);

    [Fact]
    public void Verify_OnlyOneTableLeft_IsTooNarrow() =>
        AssertFault(WithPool(pool => pool with { Tables = [pool.Tables[0]] }), CertificateFault.TooNarrow);

    [Fact]
    public void Verify_PoolTakenOut_IsUnproved() =>
        AssertFault(Verify(result.Release, result.Certificate with { Pools = [] }), CertificateFault.Unproved);

    [Fact]
    public void Verify_CellTakenOutOfAPool_IsUnproved() =>
        AssertFault(WithPool(pool => pool with { Cells = [.. pool.Cells.Skip(1)] }), CertificateFault.Unproved);

    [Fact]
    public void Verify_WiderPolicyClaimed_IsTooNarrow() =>
        AssertFault(Verify(result.Release, result.Certificate with { Policy = Policy with { Width = 1_000 } }), CertificateFault.TooNarrow);

    [Fact]
    public void Verify_HigherThresholdClaimed_IsAgainstPolicy() =>
        AssertFault(Verify(result.Release, result.Certificate with { Policy = Policy with { Threshold = 300, Width = 10 } }), CertificateFault.AgainstPolicy);

    [Fact]
    public void Verify_EarlierReleaseMissingChangedOrNotNamed_SaysSo()
    {
        var later = Tables.Protect([result.Release], Policy, "later", Table);
        Assert.Empty(CertificateVerifier.Verify(later.Release, later.Certificate, [result.Release]).Findings);
        AssertFault(CertificateVerifier.Verify(later.Release, later.Certificate, []), CertificateFault.EarlierDiffers);
        AssertFault(CertificateVerifier.Verify(later.Release, later.Certificate, [With((_, counts) => counts[0]++)]), CertificateFault.EarlierDiffers);
        AssertFault(CertificateVerifier.Verify(result.Release, result.Certificate, [later.Release]), CertificateFault.EarlierDiffers);
    }

    [Theory]
    [InlineData("", "Not a protected release")]
    [InlineData("{}", "Not a protected release")]
    [InlineData("[1]", "Not a protected release")]
    public void Read_NotARelease_IsRefusedWithWords(string json, string says) =>
        Assert.StartsWith(says, Assert.IsType<ReleaseFileRead.Refused>(ReleaseFile.Read(System.Text.Encoding.UTF8.GetBytes(json))).Why, StringComparison.Ordinal);

    private long? Shown(string school, string level) => result.Release.Tables[0][school, level];

    private static int Place(string school, string level) => Table.Shape.IndexOf(school, level);

    private PublishedRelease With(Action<PublishedTable, long?[]> change)
    {
        var counts = result.Release.Tables[0].Counts.ToArray();
        change(result.Release.Tables[0], counts);
        return result.Release with { Tables = [result.Release.Tables[0] with { Counts = counts }] };
    }

    private CertificateCheck WithPool(Func<WitnessPool, WitnessPool> change) =>
        Verify(result.Release, result.Certificate with { Pools = [change(result.Certificate.Pools[0]), .. result.Certificate.Pools.Skip(1)] });

    private static IReadOnlyList<long> Raised(IReadOnlyList<long> table) => [table[0], table[1] + 1, .. table.Skip(2)];

    private static CertificateCheck Verify(PublishedRelease release, Certificate certificate) => CertificateVerifier.Verify(release, certificate, []);

    private void AssertFault(PublishedRelease changed, params CertificateFault[] faults) => AssertFault(Verify(changed, result.Certificate), faults);

    private static void AssertFault(CertificateCheck check, params CertificateFault[] faults)
    {
        Assert.False(check.Holds);
        foreach (var fault in faults) Assert.Contains(check.Findings, f => f.Fault == fault);
    }
}
