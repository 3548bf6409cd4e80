using System.Diagnostics.CodeAnalysis;

namespace SchoolSignal.Domain.District;

/// <summary>Where people reach the app, from setting <c>PublicOrigin</c>: links and redirect addresses begin with it, never with what a
/// request says of its host.</summary>
public sealed record PublicOrigin
{
    /// <exception cref="ArgumentException">Not an absolute https address without path and query, or http on this machine.</exception>
    public PublicOrigin(Uri value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsOrigin(value))
            throw new ArgumentException("PublicOrigin is an address such as https://schoolsignal.district.example, without a path.", nameof(value));
        Value = value;
    }

    public Uri Value { get; }

    public bool IsSecure => Value.Scheme == Uri.UriSchemeHttps;

    public static bool TryParse(string? text, [NotNullWhen(true)] out PublicOrigin? origin)
    {
        origin = Uri.TryCreate(text, UriKind.Absolute, out var value) && IsOrigin(value) ? new PublicOrigin(value) : null;
        return origin is not null;
    }

    /// <param name="path">Begins with '/'.</param>
    public Uri Link(string path) => new(Value, path);

    private static bool IsOrigin(Uri value) => value.IsAbsoluteUri
        && (value.Scheme == Uri.UriSchemeHttps || (value.Scheme == Uri.UriSchemeHttp && value.IsLoopback))
        && value.PathAndQuery == "/" && value.Fragment.Length == 0 && value.UserInfo.Length == 0;
}
