using System.Text;
using SchoolSignal.Domain.Attendance.CodeSets;
using SchoolSignal.Domain.Auditing;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Screening;
using SchoolSignal.Domain.Screening.Runs;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Hosting.Local.Commands;

/// <summary>Lays the file of <c>--district-config</c> over the district's stored settings, and takes in the rule set and the
/// code sets it names as files.</summary>
internal static class DistrictConfigOption
{
    /// <returns>What is wrong with the file, a line each; nothing of it is used then. Null if all is well.</returns>
    public static async Task<string?> ApplyAsync(CommandContext context, FileInfo? file, CancellationToken cancellationToken)
    {
        if (file is null) return null;
        var json = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        switch (DistrictConfigFile.Load(json, file.Name))
        {
            case DistrictConfigResult.Invalid invalid:
                return string.Join(Environment.NewLine, invalid.Errors);
            case DistrictConfigResult.Loaded loaded:
                var named = new NamedFiles(context, file);
                var config = await named.TakeInAsync(loaded.Config, cancellationToken);
                if (named.Errors.Count > 0) return string.Join(Environment.NewLine, named.Errors);
                await context.Get<SettingsChanges>().ChangeAsync(
                    Authority.CommandLine,
                    (settings, stop) => config.ApplyToAsync(settings, context.Get<StudentDirectory>().FindAsync, stop),
                    cancellationToken);
                if (config.Safeguarding is { } safeguarding)
                    await safeguarding.SaveAsync(
                        context.Get<SafeguardingContactStore>(), school => RecordAsync(context, AuditAction.ChangeSettings, school, null, cancellationToken), cancellationToken);
                return null;
            default:
                throw new InvalidOperationException("An unknown outcome of reading a district file.");
        }
    }

    /// <summary>Appended just before the change: one entry too many is better than one too few.</summary>
    private static Task RecordAsync(CommandContext context, AuditAction action, SchoolId? school, string? reference, CancellationToken cancellationToken) =>
        context.Get<AuditTrail>().AppendAsync(
            AuditEntry.OfDistrict(Authority.CommandLine, action, context.Get<TimeProvider>().GetUtcNow()) with { School = school, Reference = reference }, cancellationToken);

    /// <summary>The files a district file names, relative to itself. All are read and checked before any is stored.</summary>
    private sealed class NamedFiles(CommandContext context, FileInfo district)
    {
        public List<string> Errors { get; } = [];

        /// <returns>The district file with each file's name replaced by the version or id it holds.</returns>
        public async Task<DistrictConfig> TakeInAsync(DistrictConfig config, CancellationToken cancellationToken)
        {
            var rules = await ReadRulesAsync(config.RuleSet, cancellationToken);
            var codeSets = new List<(CodeSet? Set, string Text)>();
            for (var i = 0; i < (config.CodeSets?.Count ?? 0); i++) codeSets.Add(await ReadCodeSetAsync($"codeSets[{i}]", config.CodeSets![i], cancellationToken));
            if (Errors.Count > 0) return config;

            if (rules is ({ } set, { } text) && !await AddRulesAsync(set, text, cancellationToken))
            {
                Errors.Add($"{Path.GetFileName(config.RuleSet)}: version: other rules are stored as {set.Version}. Give the changed ones a version of their own, so that older results keep theirs.");
                return config;
            }
            foreach (var (codeSet, json) in codeSets)
                if (codeSet is not null) await SaveCodeSetAsync(codeSet, json, cancellationToken);
            return config with
            {
                RuleSet = rules.Set?.Version ?? config.RuleSet,
                CodeSets = config.CodeSets is null ? null : [.. codeSets.Select((c, i) => c.Set?.Id ?? config.CodeSets[i])],
            };
        }

        private async Task<bool> AddRulesAsync(RuleSet rules, string json, CancellationToken cancellationToken)
        {
            var ruleSets = context.Get<RuleSets>();
            if (!await ruleSets.IsKnownAsync(rules.Version, cancellationToken))
                await RecordAsync(context, AuditAction.ChangeRules, null, rules.Version, cancellationToken);
            return await ruleSets.AddAsync(rules, json, cancellationToken);
        }

        private async Task SaveCodeSetAsync(CodeSet codeSet, string json, CancellationToken cancellationToken)
        {
            var formats = context.Get<DistrictFormatsStore>();
            if (await formats.HoldsCodeSetAsync(codeSet, json, cancellationToken)) return;
            await RecordAsync(context, AuditAction.ChangeCodeSets, null, codeSet.Id, cancellationToken);
            await formats.SaveCodeSetAsync(codeSet, json, cancellationToken);
        }

        private async Task<(RuleSet? Set, string? Text)> ReadRulesAsync(string? name, CancellationToken cancellationToken)
        {
            const string Field = "thresholds.ruleSet";
            if (name is null) return default;
            if (!IsFile(name))
            {
                if (!await context.Get<RuleSets>().IsKnownAsync(name, cancellationToken)) Add(Field, "no rule set of that version is shipped or stored");
                return default;
            }
            if (await ReadAsync(Field, name, cancellationToken) is not { } text) return default;
            switch (RuleSetReader.Read(Path.GetFileName(name), Encoding.UTF8.GetBytes(text)))
            {
                case RuleSetLoad.Loaded loaded:
                    return (loaded.RuleSet, text);
                case RuleSetLoad.Refused refused:
                    Errors.AddRange(refused.Errors.Select(e => e.ToString()));
                    return default;
                default:
                    throw new InvalidOperationException("An unknown outcome of reading a rule set.");
            }
        }

        private async Task<(CodeSet? Set, string Text)> ReadCodeSetAsync(string field, string name, CancellationToken cancellationToken)
        {
            if (!IsFile(name))
            {
                if ((await context.Get<DistrictFormatsStore>().ReadAsync(cancellationToken)).CodeSets.Find(name) is null)
                    Add(field, "no code set of that name is shipped or stored");
                return (null, "");
            }
            if (await ReadAsync(field, name, cancellationToken) is not { } text) return (null, "");
            switch (CodeSet.Load(text, Path.GetFileName(name)))
            {
                case CodeSetLoad.Loaded loaded:
                    return (loaded.CodeSet, text);
                case CodeSetLoad.Invalid invalid:
                    Errors.AddRange(invalid.Errors);
                    return (null, "");
                default:
                    throw new InvalidOperationException("An unknown outcome of reading a code set.");
            }
        }

        private async Task<string?> ReadAsync(string field, string name, CancellationToken cancellationToken)
        {
            var path = Path.Combine(district.DirectoryName!, name);
            if (!File.Exists(path))
            {
                Add(field, $"there is no file {name} beside the district file");
                return null;
            }
            if (new FileInfo(path).Length > ITableStore.MaxBody)
            {
                Add(field, $"{name} is over 64 KB");
                return null;
            }
            return await File.ReadAllTextAsync(path, cancellationToken);
        }

        private void Add(string field, string why) => Errors.Add(new ConfigError(district.Name, field, why).ToString());

        private static bool IsFile(string name) => name.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
    }
}
