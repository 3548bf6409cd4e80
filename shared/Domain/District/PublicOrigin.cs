namespace SchoolSignal.Domain.District;

/// <summary>Where people reach the app, from setting <c>PublicOrigin</c>: links and redirect addresses begin with it, never with what a
/// request says of its host.</summary>
public sealed record PublicOrigin
{
    /// <exception cref="ArgumentException">Not an absolute http or https address without path and query.</exception>
    public PublicOrigin(Uri value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!value.IsAbsoluteUri || value.Scheme is not ("http" or "https") || value.PathAndQuery != "/" || value.Fragment.Length > 0)
            throw new ArgumentException("PublicOrigin is an address such as https://schoolsignal.district.example, without a path.", nameof(value));
        Value = value;
    }

    public Uri Value { get; }

    /// <param name="path">Begins with '/'.</param>
    public Uri Link(string path) => new(Value, path);
}
