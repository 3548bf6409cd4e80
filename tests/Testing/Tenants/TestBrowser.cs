using System.Net;

namespace SchoolSignal.Testing.Tenants;

/// <summary>As much of a browser as signing in needs: cookies by name, also secure ones, redirects followed on demand, and the
/// public origin led to where the app listens.</summary>
public sealed class TestBrowser(Uri app, string publicOrigin) : IDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    /// <summary>Cookies of the app, by name.</summary>
    public Dictionary<string, string> Cookies { get; } = [];

    /// <summary>Set-Cookie headers as they came.</summary>
    public List<string> SetCookies { get; } = [];

    public Task<HttpResponseMessage> GetAsync(string address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, Absolute(address)));

    public Task<HttpResponseMessage> PostAsync(string address, params IEnumerable<KeyValuePair<string, string>> fields) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, Absolute(address)) { Content = new FormUrlEncodedContent(fields) });

    /// <summary>Gets and follows redirects until a page comes.</summary>
    public async Task<HttpResponseMessage> OpenAsync(string address)
    {
        for (var hops = 0; hops < 12; hops++)
        {
            var answer = await GetAsync(address);
            if (answer.Headers.Location is not { } next) return answer;
            answer.Dispose();
            address = next.OriginalString;
        }
        throw new InvalidOperationException("It redirects on and on.");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            request.Headers.Accept.ParseAdd("text/html");
            var toApp = request.RequestUri!.Authority == app.Authority;
            if (toApp && Cookies.Count > 0) request.Headers.Add("Cookie", string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
            var answer = await client.SendAsync(request);
            if (toApp && answer.Headers.TryGetValues("Set-Cookie", out var set)) set.ToList().ForEach(Keep);
            return answer;
        }
    }

    private void Keep(string header)
    {
        SetCookies.Add(header);
        var parts = header.Split(';', StringSplitOptions.TrimEntries);
        var (name, value) = (parts[0][..parts[0].IndexOf('=', StringComparison.Ordinal)], parts[0][(parts[0].IndexOf('=', StringComparison.Ordinal) + 1)..]);
        var isGone = value.Length == 0 || parts.Contains("max-age=0", StringComparer.OrdinalIgnoreCase);
        if (isGone) Cookies.Remove(name);
        else Cookies[name] = value;
    }

    private Uri Absolute(string address) => address.StartsWith('/')
        ? new Uri(app, address)
        : new Uri(address.StartsWith(publicOrigin, StringComparison.Ordinal) ? app.GetLeftPart(UriPartial.Authority) + address[publicOrigin.Length..] : address);

    public void Dispose() => client.Dispose();
}
