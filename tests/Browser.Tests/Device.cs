namespace SchoolSignal.Browser.Tests;

/// <summary>What somebody holds the site in; the two widths every page is made for.</summary>
public sealed record Device(string Name, int Width, int Height)
{
    public static Device Phone { get; } = new("phone", 390, 844);

    public static Device Desktop { get; } = new("desktop", 1280, 900);

    /// <summary>For theories: the name of each.</summary>
    public static TheoryData<string> Names => [Phone.Name, Desktop.Name];

    public static Device Of(string name) => name == Phone.Name ? Phone : Desktop;

    public override string ToString() => Name;
}
