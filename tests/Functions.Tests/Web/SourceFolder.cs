using System.Runtime.CompilerServices;

namespace SchoolSignal.Functions.Tests.Web;

/// <summary>The project's own source, for rules that only the text can show.</summary>
internal static class SourceFolder
{
    /// <summary>The text of every file with the ending under the folders, by its path.</summary>
    public static IReadOnlyDictionary<string, string> Read(string ending, params IReadOnlyList<string> folders) =>
        folders.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root(), folder), "*" + ending, SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !file.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetRelativePath(Root(), file), File.ReadAllText);

    /// <summary>A folder of the project.</summary>
    public static string Of(string folder) => Path.Combine(Root(), folder);

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
