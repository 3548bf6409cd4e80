using System.Diagnostics;
using SchoolSignal.Domain.Reports.Disclosure;

namespace SchoolSignal.Domain.Tests.Reports.Disclosure;

/// <summary>P2, P10: random tables against the attacker, with the complement and without.</summary>
public sealed class SuppressionAttackTests(ITestOutputHelper output)
{
    private const double Rounding = 1e-6;
    private static readonly int Tables = Environment.GetEnvironmentVariable("SCHOOLSIGNAL_FULL_TESTS") == "1" ? 10_000 : 100;
    private static readonly SuppressionPolicy Policy = new();

    [Fact]
    public void P2_RandomTables_NoHiddenCellNarrowerThanAskedAndEveryCertificateHolds()
    {
        var clock = Stopwatch.StartNew();
        int cells = 0, primary = 0, complementary = 0, attacked = 0, whole = 0, fractional = 0;
        var narrowest = double.PositiveInfinity;
        for (var seed = 1; seed <= Tables; seed++)
        {
            var release = new RandomTables(seed).Release();
            var result = Assert.IsType<ProtectionResult.Protected>(SmallCellSuppression.Protect(release, [], Policy));
            cells += result.Summary.Cells;
            primary += result.Summary.Primary;
            complementary += result.Summary.Complementary;
            whole += result.Summary.HiddenWhole.Count;
            foreach (var cell in new JointAttack(result.Release).Run())
            {
                attacked++;
                narrowest = Math.Min(narrowest, cell.Width);
                Assert.True(cell.Width >= Policy.Width - Rounding, $"seed {seed}: {cell.Cell} is in [{cell.Least}, {cell.Most}].");
            }
            var check = CertificateVerifier.Verify(result.Release, result.Certificate, []);
            Assert.True(check.Holds, $"seed {seed}: {string.Join(' ', check.Findings.Select(f => f.What))}");
            if (!check.WholeNumbers) fractional++;
        }
        output.WriteLine(
            $"P2: {Tables} tables (seeds 1 to {Tables}), {cells} cells, hidden by the rule {primary}, beside it {complementary}; attacked {attacked}, "
            + $"too narrow 0, narrowest {narrowest:0.##} (asked {Policy.Width}); hidden whole {whole}; proofs with fractions {fractional}; {clock.Elapsed.TotalSeconds:0.0} s");
    }

    [Fact]
    public void P10_ComplementLeftOut_AttackerWins()
    {
        int tables = 0, lost = 0, exact = 0, noticed = 0;
        for (var seed = 1; seed <= Tables; seed++)
        {
            var release = new RandomTables(seed).Release();
            var broken = Assert.IsType<ProtectionResult.Protected>(
                SmallCellSuppression.Protect(release, [], Policy, SuppressionBounds.Default, leavesOutComplement: true));
            if (broken.Summary.Primary == 0) continue;
            tables++;
            var found = new JointAttack(broken.Release).Run();
            if (found.Exists(c => c.Width < Policy.Width - Rounding)) lost++;
            if (found.Exists(c => c.Width < Rounding)) exact++;
            if (!CertificateVerifier.Verify(broken.Release, broken.Certificate, []).Holds) noticed++;
        }
        output.WriteLine($"P10: of {tables} tables with hidden cells, without complement the attacker narrows one in {lost} and finds one exactly in {exact}; verify refuses {noticed}");
        Assert.True(lost > tables / 2);
        Assert.Equal(tables, noticed);
    }
}
