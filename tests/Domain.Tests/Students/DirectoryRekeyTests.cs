using System.Collections.Concurrent;
using System.Globalization;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Testing;

namespace SchoolSignal.Domain.Tests.Students;

public sealed class DirectoryRekeyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_DirectoryOfPupils_FindsEachUnderTheNewVersionAndKeepsNoOldRow()
    {
        using var rig = new RekeyRig(new ScaledTime(20_000));
        var (directory, rolls, rekey) = rig.Process();
        var before = await directory.EnsureAsync(Pupils(0, 150), Token);
        await rolls.EnrollAsync(RekeyRig.Oakfield, RekeyRig.Year, [.. before.Select((key, i) => new RollEntry(key, Id(i), [], false))], Token);

        var report = await rekey.RunAsync(null, Token);

        Assert.Equal(new RekeyReport("v1", "v2", 150, 153, 150), report);
        Assert.Equal(before, await rig.Process().Directory.EnsureAsync(Pupils(0, 150), Token));
        Assert.All(await rig.RowsAsync("H"), row => Assert.Equal("v2", row.Key.Parts()[1]));
        Assert.Equal(150, (await rig.RowsAsync("H")).Count);
        Assert.Equal("Given7", (await rig.Process().Directory.IdentifyAsync(before[7], Token))!.GivenName);
        // Nothing sealed under the old version is left: a ring without it reads everything.
        var roll = await rig.Process(new OnlyNewest(rig.Keyring)).Rolls.LoadAsync(RekeyRig.Oakfield, RekeyRig.Year, Token);
        Assert.Equal(149, roll.Find("pupil-0149"u8));
        Assert.Equal("Family3", (await rig.Process(new OnlyNewest(rig.Keyring)).Directory.IdentifyAsync(before[3], Token))!.FamilyName);
    }

    /// <summary>Keys of backups are the secret's to seal as well: with the old version gone every backup still opens. One that was destroyed
    /// does not come back.</summary>
    [Fact]
    public async Task Run_KeysOfBackups_AreSealedAnewAndStayTheSame()
    {
        using var rig = new RekeyRig(new ScaledTime(20_000));
        var students = await rig.Process().Directory.EnsureAsync(Pupils(0, 120), Token);
        var held = rig.BackupKeysOf(new DirectoryKeys(rig.Keyring));
        var before = new Dictionary<StudentKey, byte[]>();
        for (var bucket = 0; bucket < RekeyRig.Buckets; bucket++)
        {
            var ofBucket = students.Where(student => new PupilPartitions(RekeyRig.Valley, RekeyRig.Buckets).BucketOf(student) == bucket).ToList();
            foreach (var (student, key) in await held.OfPupilsAsync(bucket, ofBucket, Token)) before[student] = key;
        }
        var file = ArchivePath.Of("feeds", "202602", "a", "original");
        var ofFile = await held.OfFileAsync(file, Token);
        await held.DestroyAsync(students[3], Token);

        var report = await rig.Process().Rekey.RunAsync(null, Token);

        Assert.Equal(120 + 119 + 1, report.Sealed);
        var after = rig.BackupKeysOf(new DirectoryKeys(new OnlyNewest(rig.Keyring)));
        Assert.Equal(ofFile, await after.FindAsync(file, Token));
        foreach (var student in students) Assert.Equal(student == students[3] ? null : before[student], await after.FindAsync(student, Token));
    }

    [Fact]
    public async Task Run_Again_MakesTheNextVersion()
    {
        using var rig = new RekeyRig(new ScaledTime(20_000));
        var keys = await rig.Process().Directory.EnsureAsync(Pupils(0, 5), Token);
        await rig.Process().Rekey.RunAsync(null, Token);
        Assert.Equal(("v2", "v3"), await rig.Process().Rekey.RunAsync(null, Token) is { } report ? (report.From, report.To) : default);
        Assert.Equal(keys, await rig.Process().Directory.EnsureAsync(Pupils(0, 5), Token));
        Assert.Equal(5, (await rig.RowsAsync("H")).Count);
    }

    /// <summary>A minute passes in half a second. Six processes take in overlapping pupils from before the rotation until after its
    /// end, each noticing the new version only after half a minute of its own: no pupil ever has two keys.</summary>
    [Fact]
    public async Task Run_InTheMiddleOfImports_GivesNoPupilASecondKey()
    {
        var clock = new ScaledTime(120);
        using var rig = new RekeyRig(clock);
        await rig.Process().Directory.EnsureAsync(Pupils(0, 40), Token);
        using var done = new CancellationTokenSource();
        var keysOf = new ConcurrentDictionary<string, ConcurrentDictionary<StudentKey, bool>>();
        var importers = Enumerable.Range(0, 6).Select(importer => Task.Run(async () =>
        {
            var random = new Random(importer);
            var directory = rig.Process(new SlowKeyring(rig.Keyring, TimeSpan.FromSeconds(30), clock)).Directory;
            for (var round = 0; !done.IsCancellationRequested; round++)
            {
                // Everybody is about the same new pupils at the same time.
                var pupils = Pupils((round * 3) + random.Next(4), 8);
                var keys = await directory.EnsureAsync(pupils, Token);
                for (var i = 0; i < keys.Length; i++) keysOf.GetOrAdd(pupils[i].UniqueId.Value, _ => new())[keys[i]] = true;
                await Task.Delay(random.Next(5), Token);
            }
        }, Token)).ToList();
        await Task.Delay(200, Token);
        await rig.Process().Rekey.RunAsync(null, Token);
        await done.CancelAsync();
        await Task.WhenAll(importers);

        Assert.True(keysOf.Count > 100, $"{keysOf.Count} pupils");
        var directory = rig.Process().Directory;
        foreach (var (id, keys) in keysOf)
        {
            var key = Assert.Single(keys.Keys);
            Assert.Equal(key, await directory.FindAsync(StudentUniqueId.Parse(id), Token));
            Assert.Equal(id, (await directory.IdentifyAsync(key, Token))!.UniqueId.Value);
        }
        Assert.All(await rig.RowsAsync("H"), row => Assert.Equal("v2", row.Key.Parts()[1]));
    }

    /// <summary>Killed before and after each of its writes, then run again, with new pupils in between.</summary>
    [Fact]
    public async Task Run_KilledAtEveryWriteAndRunAgain_LosesNobody()
    {
        var kills = 0;
        for (var write = 1; ; write++)
        {
            var ended = true;
            foreach (var after in new[] { false, true })
            {
                using var rig = new RekeyRig(new ScaledTime(2_000_000));
                var first = await rig.Process().Directory.EnsureAsync(Pupils(0, 4), Token);
                var dying = new DyingStore(rig.Tables, write, after);
                try
                {
                    await rig.Process(over: dying).Rekey.RunAsync(null, Token);
                }
                catch (IOException)
                {
                    ended = false;
                    kills++;
                }
                var between = await rig.Process().Directory.EnsureAsync(Pupils(2, 4), Token);
                Assert.Equal(first.Skip(2), between.Take(2));
                await rig.Process().Rekey.RunAsync(null, Token);
                Assert.Equal(first.Concat(between.Skip(2)), await rig.Process().Directory.EnsureAsync(Pupils(0, 6), Token));
                var rows = await rig.RowsAsync("H");
                Assert.Equal(6, rows.Count);
                Assert.Single(rows.Select(row => row.Key.Parts()[1]).Distinct());
            }
            if (ended) break;
        }
        Assert.InRange(kills, 20, 1_000);
    }

    private static StudentNaming[] Pupils(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(i => new StudentNaming(Id(i), $"Given{i}", $"Family{i}"))];

    private static StudentUniqueId Id(int number) => StudentUniqueId.Parse("pupil-" + number.ToString("D4", CultureInfo.InvariantCulture));
}
