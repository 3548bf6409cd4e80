namespace SchoolSignal.Pages;

/// <summary>Names the words of the pages: Words/Words.resx in English, Words/Words.LANGUAGE.resx in every other
/// language. A component takes them as <c>IStringLocalizer&lt;Words&gt;</c>.</summary>
/// <remarks>Another language is another file; nothing else has to know of it.</remarks>
public sealed class Words
{
    /// <summary>The folder of the files.</summary>
    public const string Folder = "Words";
}
