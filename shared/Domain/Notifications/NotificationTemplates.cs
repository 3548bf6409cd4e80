using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SchoolSignal.Domain.Notifications;

/// <summary>The words of a notification.</summary>
public sealed record NotificationText(string Subject, string Text, string Html);

/// <summary>The templates of every language: one JSON file each under Templates. A language without one speaks English.</summary>
public sealed class NotificationTemplates
{
    private const string Folder = "notifications/";
    private const string Fallback = "en";

    private readonly Dictionary<string, TemplateFile> byLanguage = ReadAll();

    public IReadOnlyCollection<string> Languages => byLanguage.Keys;

    /// <param name="language">A language's code, such as "ja" or "en-GB".</param>
    /// <param name="values">What stands in the templates in braces, beside <c>name</c>.</param>
    public NotificationText Render(
        string language, NotificationPurpose purpose, string name, Uri link, IReadOnlyDictionary<string, string> values)
    {
        ArgumentNullException.ThrowIfNull(language);
        ArgumentNullException.ThrowIfNull(link);
        var file = byLanguage.GetValueOrDefault(language.Split('-')[0].ToLowerInvariant(), byLanguage[Fallback]);
        var template = file.Purposes[purpose.ToString()];
        var lines = template.Lines.Select(line => Fill(line, values)).ToList();
        var greeting = file.Greeting.Replace("{name}", name, StringComparison.Ordinal);
        var subject = Fill(template.Subject, values);
        return new NotificationText(subject, TextOf(file, greeting, lines, link), HtmlOf(file, subject, greeting, lines, link));
    }

    private static string TextOf(TemplateFile file, string greeting, List<string> lines, Uri link) =>
        string.Join("\n\n", [greeting, .. lines, $"{file.Open}: {link.AbsoluteUri}", file.Footer]) + "\n";

    private static string HtmlOf(TemplateFile file, string subject, string greeting, List<string> lines, Uri link)
    {
        var html = new StringBuilder();
        html.Append("<!DOCTYPE html><html lang=\"").Append(file.Language).Append("\"><head><meta charset=\"utf-8\"><title>")
            .Append(WebUtility.HtmlEncode(subject)).Append("</title></head><body style=\"font:16px/1.5 sans-serif;color:#1d2b36\">");
        foreach (var line in lines.Prepend(greeting)) html.Append("<p>").Append(WebUtility.HtmlEncode(line)).Append("</p>");
        html.Append("<p><a href=\"").Append(WebUtility.HtmlEncode(link.AbsoluteUri)).Append("\">").Append(WebUtility.HtmlEncode(file.Open)).Append("</a></p>")
            .Append("<p style=\"font-size:13px;color:#51626f\">").Append(WebUtility.HtmlEncode(file.Footer)).Append("</p></body></html>");
        return html.ToString();
    }

    private static string Fill(string text, IReadOnlyDictionary<string, string> values)
    {
        foreach (var (key, value) in values) text = text.Replace($"{{{key}}}", value, StringComparison.Ordinal);
        return text;
    }

    private static Dictionary<string, TemplateFile> ReadAll()
    {
        var assembly = typeof(NotificationTemplates).Assembly;
        var files = new Dictionary<string, TemplateFile>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var file = JsonSerializer.Deserialize(stream, TemplateJson.Default.TemplateFile)!;
            files.Add(file.Language, file);
        }
        return files;
    }
}

internal sealed record TemplateFile(string Language, string Greeting, string Open, string Footer, IReadOnlyDictionary<string, TemplateText> Purposes);

internal sealed record TemplateText(string Subject, IReadOnlyList<string> Lines);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(TemplateFile))]
internal sealed partial class TemplateJson : JsonSerializerContext;
