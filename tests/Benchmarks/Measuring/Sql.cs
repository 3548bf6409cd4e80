namespace SchoolSignal.Benchmarks.Measuring;

/// <summary>Text files that lie beside the code and travel in the assembly.</summary>
public static class Sql
{
    public static string Read(string name)
    {
        using var stream = typeof(Sql).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException("No such resource.", name);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
