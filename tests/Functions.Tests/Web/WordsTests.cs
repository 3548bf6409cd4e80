using System.Text.RegularExpressions;
using System.Xml.Linq;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Tests.Web;

/// <summary>The words of the pages: the same in every language, each used, none anywhere else.</summary>
public sealed partial class WordsTests
{
    private static readonly Dictionary<string, Dictionary<string, string>> Files =
        SourceFolder.Read(".resx", "shared/Pages").ToDictionary(file => Path.GetFileName(file.Key), file => Read(file.Value));

    private static Dictionary<string, string> English => Files["Words.resx"];

    /// <summary>What the pages and the functions behind them say: pages, and the code that names keys.</summary>
    private static readonly string[] Sources =
        [.. SourceFolder.Read(".razor", "shared/Pages").Values, .. SourceFolder.Read(".cs", "shared", "functions").Values];

    [Fact]
    public void Languages_OfThePages_HaveTheKeysOfEnglish()
    {
        Assert.Contains("Words.ja.resx", Files.Keys);
        foreach (var (file, words) in Files)
        {
            Assert.Equal(English.Keys.Order(StringComparer.Ordinal), words.Keys.Order(StringComparer.Ordinal));
            Assert.All(words, word => Assert.False(string.IsNullOrWhiteSpace(word.Value), $"{file}: {word.Key} says nothing."));
            Assert.All(words, word => Assert.True(
                Placeholders(word.Value).SequenceEqual(Placeholders(English[word.Key])), $"{file}: {word.Key} has other placeholders than English."));
        }
    }

    [Fact]
    public void Languages_OfTheBuild_AreTheFiles() => Assert.Equal(
        Files.Keys.Select(file => LanguageOf(file)).Order(), new PageCultures().All.Select(culture => culture.Name).Order());

    [Fact]
    public void Keys_OfEnglish_AreAllUsed()
    {
        var text = string.Join('\n', Sources);
        var named = Literal().Matches(text).Select(m => m.Groups[1].Value).ToHashSet();
        // $"Common.Level.{level}", $"{key}.Title": the beginning or the end of a key.
        var begun = Begun().Matches(text).Select(m => m.Groups[1].Value).Distinct().ToList();
        var ended = Ended().Matches(text).Select(m => m.Groups[1].Value).Distinct().ToList();
        Assert.All(English.Keys, key => Assert.True(
            named.Contains(key) || key.StartsWith("Said.", StringComparison.Ordinal) || begun.Exists(start => key.StartsWith(start, StringComparison.Ordinal))
                || (ended.Exists(end => key.EndsWith(end, StringComparison.Ordinal)) && named.Contains(key[..key.LastIndexOf('.')])),
            $"{key} is used nowhere."));
    }

    [Fact]
    public void Keys_OfThePages_AreAllThere()
    {
        foreach (var key in Sources.SelectMany(source => Asked().Matches(source)).Select(m => m.Groups[1].Value))
            Assert.True(English.ContainsKey(key), $"{key} has no words.");
    }

    /// <summary>Keys put together with the name of a value: no source names them, and a new value is easily forgotten.</summary>
    [Theory]
    [InlineData("Common.Level", typeof(Domain.Screening.Level))]
    [InlineData("Common.Role", typeof(Domain.District.Role))]
    [InlineData("District.FeedContent", typeof(Domain.Feeds.FeedContent))]
    [InlineData("District.FeedState", typeof(Domain.Feeds.FeedState))]
    [InlineData("District.FeedKind", typeof(Domain.Feeds.FeedKind))]
    [InlineData("District.Refused", typeof(Domain.Feeds.RefusalReason))]
    [InlineData("District.Calendar.Basis", typeof(Domain.Calendars.CalendarBasis))]
    [InlineData("District.Basis", typeof(Domain.District.LegalBasisKind))]
    [InlineData("District.Family", typeof(Domain.Screening.RuleFamily))]
    [InlineData("District.Proposal", typeof(Domain.District.ProposalState))]
    [InlineData("District.Subject.Category", typeof(Domain.Attendance.MarkCategory))]
    [InlineData("District.Subject.Reason", typeof(Domain.Attendance.MarkReason))]
    [InlineData("District.Subject.Session", typeof(Domain.Attendance.SessionOfDay))]
    [InlineData("District.Audit.Action", typeof(Domain.Auditing.AuditAction))]
    [InlineData("District.Subject.Purpose", typeof(Domain.Notifications.NotificationPurpose))]
    [InlineData("District.Subject.Sent", typeof(Domain.Notifications.NotificationState))]
    [InlineData("Reports.Mode", typeof(Domain.Reports.Releases.ReportMode))]
    [InlineData("Reports.State", typeof(Domain.Reports.Releases.ReportState))]
    [InlineData("Reports.Count", typeof(Domain.Reports.Measures.CountState))]
    [InlineData("Reports.Band", typeof(Domain.Reports.Measures.GradeBand))]
    [InlineData("District.Done", typeof(SchoolSignal.Pages.District.DistrictDone))]
    public void Keys_OfEveryValue_AreThere(string start, Type values) => Assert.All(
        Enum.GetNames(values), name => Assert.True(English.ContainsKey($"{start}.{name}"), $"{start}.{name} has no words."));

    /// <summary>What a threshold is on, as the domain's catalogue calls it.</summary>
    [Fact]
    public void Indicators_OfTheCatalogue_HaveTheirLabels() => Assert.All(
        Domain.Screening.IndicatorCatalogue.All, indicator => Assert.Equal(indicator.Label, English.GetValueOrDefault($"Rules.Indicator.{indicator.Name}")));

    /// <summary>Sentences that readers of files, feeds and calendars put into a report.</summary>
    [Fact]
    public void Sentences_OfTheDomain_HaveWords()
    {
        var words = new NoWords();
        var found = 0;
        foreach (var (file, source) in SourceFolder.Read(".cs", "shared/Domain/Feeds", "shared/Domain/Roster", "shared/Domain/Calendars"))
        {
            // What is wrong with a profile is said by the command line alone.
            if (file.EndsWith("CsvProfileJson.cs", StringComparison.Ordinal)) continue;
            foreach (var line in source.Split('\n').Where(line => !line.Contains("Exception(", StringComparison.Ordinal) && !line.TrimStart().StartsWith("//", StringComparison.Ordinal)))
                foreach (var sentence in Sentence().Matches(line).Select(match => Hole().Replace(match.Groups[1].Value, "7").Replace("\\\"", "\"", StringComparison.Ordinal)))
                {
                    if (!Whole().IsMatch(sentence)) continue;
                    found++;
                    Assert.True(Sayings.Say(words, sentence) is not null, $"{file} says \"{sentence}\", and no Said.* of the Words files is that.");
                }
        }
        Assert.InRange(found, 70, 1_000);
    }

    [Theory]
    [InlineData("The coverage reaches into the future; it is taken up to 2026-03-20.", "Said.CoversCut 2026-03-20")]
    [InlineData("Dates: day before month, because some of its dates can be read no other way.", "Said.Dates Said.DayFirst")]
    [InlineData("oakfield, 2025-26: There is no calendar and no feed to take school days from: import a calendar.", "oakfield, 2025-26Common.ColonSaid.DaysNone")]
    [InlineData("Something nobody has words for.", null)]
    public void Say_Sentence_FindsItsWordsAndValues(string sentence, string? said) => Assert.Equal(said, Sayings.Say(new NoWords(), sentence));

    /// <summary>Gives keys and values back.</summary>
    private sealed class NoWords : Microsoft.Extensions.Localization.IStringLocalizer
    {
        public Microsoft.Extensions.Localization.LocalizedString this[string name] => new(name, name);

        public Microsoft.Extensions.Localization.LocalizedString this[string name, params object[] arguments] =>
            new(name, string.Join(' ', arguments.Prepend(name).Where(argument => argument is not "")));

        public IEnumerable<Microsoft.Extensions.Localization.LocalizedString> GetAllStrings(bool includeParentCultures) => [];
    }

    [Theory]
    [InlineData("<h1>Hello there</h1>", true)]
    [InlineData("<input aria-label=\"Hello\" />", true)]
    [InlineData("<h1>@Words[\"A.B\"] <b>@Model.Name</b> · 12</h1>", false)]
    public void LiteralText_OfAComponent_IsFound(string component, bool found) => Assert.Equal(found, LiteralText(component) is not null);

    [Fact]
    public void Components_OfThePages_HoldNoSentence()
    {
        foreach (var (file, text) in SourceFolder.Read(".razor", "shared/Pages"))
            Assert.True(LiteralText(text) is null, $"{file} says \"{LiteralText(text)}\" itself; words belong to Words.resx.");
    }

    /// <summary>Screens, messages and files never say these of a child (design.md, "What it is for").</summary>
    [Fact]
    public void Words_InAnyLanguage_DiagnoseNobody()
    {
        foreach (var (file, words) in Files)
            Assert.All(words, word => Assert.False(Forbidden().IsMatch(word.Value), $"{file}: {word.Key} says \"{Forbidden().Match(word.Value).Value}\"."));
    }

    private static Dictionary<string, string> Read(string xml) =>
        XDocument.Parse(xml).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static string LanguageOf(string file) => file.Split('.') is [_, var language, _] ? language : PageCultures.English.Name;

    private static IEnumerable<string> Placeholders(string words) => Placeholder().Matches(words).Select(m => m.Value).Distinct().Order();

    /// <summary>The first word that a component shows by itself, or null. The brand is no word.</summary>
    private static string? LiteralText(string component)
    {
        var markup = CodeBlock().Replace(Directive().Replace(Comment().Replace(component, ""), ""), "");
        foreach (var attribute in SpokenAttribute().Matches(markup).Select(m => m.Groups[1].Value))
            if (attribute.Length > 0 && attribute[0] != '@' && attribute.Any(char.IsLetter)) return attribute;
        var text = Statement().Replace(WithoutExpressions(Tag().Replace(Quoted().Replace(markup, ""), "\n")), "").Replace("SchoolSignal", "", StringComparison.Ordinal);
        return Word().Match(text) is { Success: true } word ? word.Value : null;
    }

    /// <summary>Without <c>@Words[...]</c>, <c>@Model.Name</c>, <c>@(a ? b : c)</c>, brackets within brackets included.</summary>
    private static string WithoutExpressions(string markup)
    {
        var left = new System.Text.StringBuilder();
        for (var i = 0; i < markup.Length; i++)
        {
            if (markup[i] != '@')
            {
                left.Append(markup[i]);
                continue;
            }
            // @if (...), @foreach (...)
            var keyword = Keyword().Match(markup, i + 1);
            var end = i + 1 + keyword.Length;
            while (end < markup.Length && (char.IsLetterOrDigit(markup[end]) || (markup[end] is '.' or '?' or '!' && end + 1 < markup.Length && (char.IsLetter(markup[end + 1]) || markup[end + 1] == '.'))
                || markup[end] is '(' or '['))
                end = markup[end] is '(' or '[' ? AfterBracket(markup, end) : end + 1;
            i = end - 1;
        }
        return left.ToString();
    }

    [GeneratedRegex("\\G(?:if|foreach|for|switch|while)\\s*(?=\\()")]
    private static partial Regex Keyword();

    private static int AfterBracket(string text, int at)
    {
        var depth = 0;
        for (; at < text.Length; at++)
            if (text[at] is '(' or '[') depth++;
            else if (text[at] is ')' or ']' && --depth == 0) return at + 1;
        return at;
    }

    [GeneratedRegex("\"([A-Z][A-Za-z]*(?:\\.[A-Z][A-Za-z0-9]*)+)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("\\$\"([A-Z][A-Za-z]*\\.[A-Za-z.]*)\\{")]
    private static partial Regex Begun();

    [GeneratedRegex("\\$\"\\{[A-Za-z.]+\\}(\\.[A-Z][A-Za-z]*)\"")]
    private static partial Regex Ended();

    [GeneratedRegex("Words\\[\"([^\"{]+)\"")]
    private static partial Regex Asked();

    // A literal, with holes that may hold literals themselves.
    [GeneratedRegex("\"((?:[^\"\\\\{}]|\\\\.|\\{(?:[^{}\"]|\"[^\"]*\")*\\})*)\"")]
    private static partial Regex Sentence();

    [GeneratedRegex("\\{(?:[^{}\"]|\"[^\"]*\")*\\}")]
    private static partial Regex Hole();

    // From its first letter to its full stop, of several words.
    [GeneratedRegex("^[A-Z].* .* .*[.]$")]
    private static partial Regex Whole();

    [GeneratedRegex("\\{\\d")]
    private static partial Regex Placeholder();

    [GeneratedRegex("\\b(risk|score|hikikomori|diagnos(is|ed)|disorder|at-risk)\\b|ひきこもり|引きこもり|リスク|スコア", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();

    [GeneratedRegex("@\\*.*?\\*@", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("^@(?:namespace|using|inherits|inject|typeparam|layout)\\b.*$", RegexOptions.Multiline)]
    private static partial Regex Directive();

    [GeneratedRegex("^@code \\{.*\\z", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("(?:aria-label|placeholder|title|alt|data-label)=\"([^\"]*)")]
    private static partial Regex SpokenAttribute();

    [GeneratedRegex("\"[^\"\\n]*\"")]
    private static partial Regex Quoted();

    [GeneratedRegex("<!?/?[A-Za-z][^>]*>")]
    private static partial Regex Tag();

    // What is left of @if (...) and @foreach (...), of else and of a block of code: a line that ends in a brace, a bracket or ;
    [GeneratedRegex("^.*[){};]\\s*$|^\\s*(?:else\\b.*|case .*:|break;|default:)\\s*$", RegexOptions.Multiline)]
    private static partial Regex Statement();

    [GeneratedRegex("\\p{L}{2,}")]
    private static partial Regex Word();
}
