using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;

namespace SchoolSignal.Pages;

/// <summary>What the domain says in sentences (why a feed was refused, what was concluded, what to know), in the reader's language. The
/// domain speaks English, and a stored report keeps it; the sentence finds its words by its English, <c>Said.NAME</c> of the Words files,
/// whose <c>{0}</c> stand where the sentence has a value.</summary>
public static partial class Sayings
{
    private static readonly IReadOnlyList<Saying> All = Load();

    /// <summary>The sentence in the language of the page; null where there are no words for it.</summary>
    public static string? Say(IStringLocalizer words, string sentence)
    {
        ArgumentNullException.ThrowIfNull(words);
        ArgumentNullException.ThrowIfNull(sentence);
        foreach (var saying in All)
            if (saying.Pattern.Match(sentence) is { Success: true } match)
                return words[saying.Key, [.. saying.Places.Select(place => Value(words, match.Groups[$"v{place}"].Value))]];
        // "oakfield, 2025-26: ..." is a sentence of one school's year.
        return OfYear().Match(sentence) is { Success: true } of && Say(words, of.Groups["rest"].Value) is { } said ? of.Groups["head"].Value + words["Common.Colon"] + said : null;
    }

    /// <summary>A value may be a part of a sentence itself.</summary>
    private static string Value(IStringLocalizer words, string value) => value.Length == 0 ? value : Say(words, value) ?? value;

    /// <summary>Those with the most words of their own first: they are the surest.</summary>
    private static List<Saying> Load()
    {
        const string Prefix = "Said.";
        var english = new ResourceManager($"{typeof(Words).Namespace}.{Words.Folder}.{nameof(Words)}", typeof(Words).Assembly)
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: true)!;
        return
        [
            .. from entry in english.Cast<System.Collections.DictionaryEntry>()
               where ((string)entry.Key).StartsWith(Prefix, StringComparison.Ordinal)
               let template = (string)entry.Value!
               orderby Place().Replace(template, "").Length descending
               select Saying.Of((string)entry.Key, template),
        ];
    }

    private sealed record Saying(string Key, Regex Pattern, IReadOnlyList<int> Places)
    {
        public static Saying Of(string key, string template)
        {
            var places = Place().Matches(template).Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList();
            var parts = Place().Split(template).Where((_, i) => i % 2 == 0).Select(Regex.Escape).ToList();
            var pattern = string.Concat(parts.Select((part, i) => i < places.Count ? $"{part}(?<v{places[i]}>.*?)" : part));
            return new Saying(key, new Regex($"^{pattern}$", RegexOptions.Singleline | RegexOptions.CultureInvariant), [.. places.Order()]);
        }
    }

    [GeneratedRegex(@"\{(\d)\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"^(?<head>[^:]+, \d{4}(?:[-/]\d{2,4})?): (?<rest>.+)$", RegexOptions.Singleline)]
    private static partial Regex OfYear();
}
