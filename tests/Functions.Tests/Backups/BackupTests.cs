using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.Backups;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Erasure;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Tests.Commands;
using SchoolSignal.Functions.Tests.Erasure;
using SchoolSignal.Testing;
using static SchoolSignal.Functions.Tests.Erasure.ErasureRig;

namespace SchoolSignal.Functions.Tests.Backups;

/// <summary>Backup of a real data folder, and its restore into an empty one that has the key ring alone.</summary>
public sealed class BackupTests : IAsyncLifetime
{
    private readonly TempFolder empty = new();
    private ErasureRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await SeedAsync();

    public async ValueTask DisposeAsync()
    {
        await rig.DisposeAsync();
        empty.Dispose();
    }

    [Fact]
    public async Task KnownPartitions_AreThoseOfEveryRowInTheDatabase()
    {
        // A school nobody is enrolled in, a concern of one that no register names.
        await rig.App.SendAsync("date,schoolId,studentUniqueId,code\n2026-02-10,Nowhere,zz,A\n", new FeedRequest(FeedContent.Attendance, "us-daily", FeedKind.Register));
        await rig.App.SendAsync($$"""{"date":"2026-02-11","studentUniqueId":"n2","schoolId":"Elsewhere","observer":"t-1","items":{},"safeguarding":true}""" + "\n", new FeedRequest(FeedContent.Observations));
        await rig.Get<AuditSeals>().SealAsync(default);
        await WriteAsync();
        var known = new HashSet<(string, string)>();
        await foreach (var partition in rig.Get<KnownPartitions>().AllAsync(default)) known.Add((partition.Table.Value, partition.Key.Value));
        Assert.NotEmpty(rig.Rows());
        Assert.Empty(rig.Rows().Where(row => !known.Contains((row.Table, row.Partition))).Select(row => $"{row.Table} {row.Partition} {row.Key}"));
    }

    [Fact]
    public async Task Restore_OfABackup_HasEveryRowAndFile()
    {
        await rig.Get<AuditSeals>().SealAsync(default);
        var (backup, keys) = await WriteAsync();
        await using var restored = await OpenEmptyAsync();
        var result = Assert.IsType<RestoreResult.Restored>(await restored.Get<Restore>().RunAsync(new MemoryStream(backup), new MemoryStream(keys), null, default));
        Assert.True(result.Audit.IsWhole, string.Join('\n', result.Audit.Findings));
        Assert.Equal((0, 0, 0), (result.ShreddedPupils, result.ShreddedFiles, result.Replayed));

        static bool Holds(string table, string partition, string key) =>
            table != "directory" || !(partition.StartsWith("test|keys", StringComparison.Ordinal) || partition.StartsWith("test|roll", StringComparison.Ordinal));
        string[] RowsOf(ErasureRig of) => [.. of.Rows().Where(r => Holds(r.Table, r.Partition, r.Key)).Select(r => $"{r.Table} {r.Partition} {r.Key} {Convert.ToHexString(r.Body)}").Order()];
        Assert.Equal(RowsOf(rig), RowsOf(restored));
        Assert.Equal(FilesOf(await rig.ShownAsync()), FilesOf(await restored.ShownAsync()));
        Assert.Equal(await rig.MarksOfNeighbourAsync(), await restored.MarksOfNeighbourAsync());
        // The sealed roll is made anew: a feed finds its pupils.
        Assert.Equal((3L, 0L), await restored.SendAttendanceAsync("2026-02-12") is var report ? (report.Changed, report.UnknownStudents) : default);
    }

    [Fact]
    public async Task Restore_OfABackupOlderThanAnErasure_HasNoTraceOfThePupil()
    {
        var (backup, _) = await WriteAsync();
        await rig.Get<PupilErasure>().EraseAsync(Authority.CommandLine, Id, ErasureReason.Request, default);
        var keys = await KeysAsync();
        await using var restored = await OpenEmptyAsync();
        var result = Assert.IsType<RestoreResult.Restored>(await restored.Get<Restore>().RunAsync(new MemoryStream(backup), new MemoryStream(keys), null, default));
        Assert.Equal(1, result.ShreddedPupils);
        Assert.True(result.ShreddedFiles >= 5, $"{result.ShreddedFiles} files were shredded.");
        Assert.True(result.Audit.IsWhole);
        Assert.Equal(0, (await restored.Get<PupilErasure>().CountAsync(Id, default)).Total);
        Assert.Empty(FilesWith(await restored.ShownAsync(), Number + ",", Number + "\"", Name, Note));
        Assert.All(Named(restored), row => Assert.True(row.StartsWith("audit ", StringComparison.Ordinal) || row.StartsWith("directory test|erased ", StringComparison.Ordinal), row));
        Assert.Equal(await rig.MarksOfNeighbourAsync(), await restored.MarksOfNeighbourAsync());
        Assert.Equal(1, (await restored.SendAttendanceAsync("2026-02-12")).Erased);
    }

    [Fact]
    public async Task Replay_OfATombstoneLaterThanTheKeys_ErasesThePupilAgain()
    {
        var (backup, keys) = await WriteAsync();
        await using var restored = await OpenEmptyAsync();
        Assert.IsType<RestoreResult.Restored>(await restored.Get<Restore>().RunAsync(new MemoryStream(backup), new MemoryStream(keys), null, default));
        Assert.NotNull(await restored.Get<StudentDirectory>().FindAsync(Id, default));
        await restored.Get<Tombstones>().SaveAsync(Id, _ => new Tombstone(DateTimeOffset.UnixEpoch, null, []), default);
        Assert.Equal(1, await restored.Get<PupilErasure>().ReplayAsync(default));
        Assert.Equal(0, (await restored.Get<PupilErasure>().CountAsync(Id, default)).Total);
        Assert.All(Named(restored), row => Assert.True(row.StartsWith("audit ", StringComparison.Ordinal) || row.StartsWith("directory test|erased ", StringComparison.Ordinal), row));
    }

    [Fact]
    public async Task Restore_OfAChangedOrCutFile_NamesThePlace()
    {
        var (backup, keys) = await WriteAsync();
        foreach (var share in new[] { 0.2, 0.5, 0.9, 0.999 })
        {
            var changed = backup.ToArray();
            changed[(int)(changed.Length * share)] ^= 1;
            // A length that was changed reads as a file that ends too soon.
            await RefusedAsync(changed, "is changed", "ends");
        }
        await RefusedAsync(backup[..^40], "ends");
        await RefusedAsync([.. backup, 1], "goes on after its end");

        async Task RefusedAsync(byte[] file, params string[] how)
        {
            using var folder = new TempFolder();
            await using var target = await OpenAsync(folder);
            var damaged = Assert.IsType<RestoreResult.Damaged>(await target.Get<Restore>().RunAsync(new MemoryStream(file), new MemoryStream(keys), null, default));
            Assert.Contains(how, word => damaged.Where.Contains($"The file {word} at byte", StringComparison.Ordinal));
            Assert.DoesNotContain(rig.Pupil.ToString(), damaged.Where, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Restore_WhereItDoesNotFit_SaysWhy()
    {
        var (backup, keys) = await WriteAsync();
        Assert.IsType<RestoreResult.NotEmpty>(await rig.Get<Restore>().RunAsync(new MemoryStream(backup), new MemoryStream(keys), null, default));
        await using var target = await OpenEmptyAsync();
        Assert.IsType<RestoreResult.NotABackup>(await target.Get<Restore>().RunAsync(new MemoryStream(keys), new MemoryStream(keys), null, default));
        Assert.IsType<RestoreResult.NotTheKeys>(await target.Get<Restore>().RunAsync(new MemoryStream(backup), new MemoryStream(backup), null, default));
        using var other = new TempFolder();
        await using var stranger = Open(other);
        Assert.IsType<RestoreResult.OtherKeyring>(await stranger.Get<Restore>().RunAsync(new MemoryStream(backup), new MemoryStream(keys), null, default));
        await stranger.Get<IKeyring>().CurrentAsync(default);
        Assert.IsNotType<RestoreResult.Restored>(await stranger.Get<Restore>().RunAsync(new MemoryStream(backup), new MemoryStream(keys), null, default));
    }

    [Fact]
    public async Task Backup_HoldsNothingReadable()
    {
        var (backup, keys) = await WriteAsync();
        await File.WriteAllBytesAsync(empty["backup"], backup);
        await File.WriteAllBytesAsync(empty["keys"], keys);
        Assert.Empty(FilesWith(empty.Path, Number, Name, Note, "North", rig.Pupil.ToString()));
    }

    [Fact]
    public async Task Commands_BackUpEraseAndRestore()
    {
        using var cli = new Cli();
        await SmallDistrict.ImportAsync(cli);
        var keys = empty["keys"];
        var backup = await cli.RunAsync("backup", empty.Path, "--keys", keys);
        Assert.True(backup.Code == 0, backup.Error);
        var file = backup.Output.Trim();
        Assert.Equal(2, (await cli.RunAsync("erase", "ben", "--yes")).Code);
        var dry = await cli.RunAsync("erase", "ben");
        Assert.True(dry.Code == 0, dry.Error);
        Assert.Contains("pupil", dry.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await cli.RunAsync("export", "ben")).Code);
        var erased = await cli.RunAsync("erase", "ben", "--reason", "request", "--yes");
        Assert.True(erased.Code == 0, erased.Error);
        Assert.Equal(3, (await cli.RunAsync("export", "ben")).Code);
        Assert.Equal(3, (await cli.RunAsync("erase", "nobody", "--reason", "request", "--yes")).Code);
        Assert.Equal(0, (await cli.RunAsync("backup", "keys", keys)).Code);

        using var target = new Cli();
        Directory.CreateDirectory(target.Data);
        File.Copy(Path.Combine(cli.Data, "keyring.json"), Path.Combine(target.Data, "keyring.json"));
        var restored = await target.RunAsync("restore", file, "--keys", keys);
        Assert.True(restored.Code == 0, restored.Error);
        Assert.Contains("1 pupils stay erased", restored.Error, StringComparison.Ordinal);
        Assert.Equal((3, 0), ((await target.RunAsync("export", "ben")).Code, (await target.RunAsync("export", "ada")).Code));
        Assert.Equal(0, (await target.RunAsync("audit", "verify")).Code);
        Assert.Equal(3, (await target.RunAsync("restore", file, "--keys", keys)).Code);
    }

    private async Task<(byte[] Backup, byte[] Keys)> WriteAsync()
    {
        using var backup = new MemoryStream();
        var report = await rig.Get<Backup>().WriteAsync(backup, null, default);
        Assert.True(report is { Pupils: 3, Files: > 8 }, $"{report}");
        return (backup.ToArray(), await KeysAsync());
    }

    private async Task<byte[]> KeysAsync()
    {
        using var keys = new MemoryStream();
        await rig.Get<BackupKeyFile>().WriteAsync(keys, default);
        return keys.ToArray();
    }

    private Task<ErasureRig> OpenEmptyAsync() => OpenAsync(empty);

    private Task<ErasureRig> OpenAsync(TempFolder folder)
    {
        File.Copy(Path.Combine(rig.Folder.Path, "keyring.json"), folder["keyring.json"]);
        return Task.FromResult(Open(folder));
    }

    private IReadOnlyList<string> Named(ErasureRig restored) => restored.RowsWithKey(rig.Pupil);

    private static string[] FilesOf(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(folder, "archive"), "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains(".tmp", StringComparison.Ordinal))
            .Select(file => $"{Path.GetRelativePath(folder, file)} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}").Order(),
    ];
}
