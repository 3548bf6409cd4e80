using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SchoolSignal.Testing.KeyVault;

/// <summary>A vault's secrets on a loopback port: the challenge that asks for a token, then set, get by version, and disable. Reached
/// by https under a vault's own address, through <see cref="Transport"/>.</summary>
public sealed class FakeKeyVault : IAsyncDisposable
{
    private readonly IHost host;
    private readonly X509Certificate2 certificate;
    private readonly ConcurrentDictionary<string, JsonObject> secrets = new();
    private readonly HttpClient client;
    private int calls;

    private FakeKeyVault(IHost host, X509Certificate2 certificate)
    {
        this.host = host;
        this.certificate = certificate;
        client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.GetCertHashString() },
        });
        Transport = new HttpClientTransport(client);
    }

    public Uri Uri { get; } = new("https://schoolsignal-test.vault.azure.net");

    public HttpPipelineTransport Transport { get; }

    public TokenCredential Credential { get; } = new Identity();

    /// <summary>Calls answered, challenges included.</summary>
    public int Calls => Volatile.Read(ref calls);

    /// <summary>Ids of the versions that are disabled.</summary>
    public IEnumerable<string> Disabled => secrets.Where(s => s.Value["attributes"]!["enabled"]!.GetValue<bool>() == false).Select(s => s.Key);

    public int Versions => secrets.Count;

    private int Port { get; set; }

    public static async Task<FakeKeyVault> StartAsync()
    {
        FakeKeyVault? vault = null;
        var certificate = Certificate();
        var host = new HostBuilder()
            .ConfigureWebHost(web => web
                .UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)))
                .ConfigureServices(services => services.AddRouting())
                .Configure(app => app.UseRouting().UseEndpoints(endpoints => vault!.Map(endpoints))))
            .Build();
        vault = new FakeKeyVault(host, certificate);
        await host.StartAsync();
        vault.Port = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
        return vault;
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        client.Dispose();
        certificate.Dispose();
    }

    private void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPut("/secrets/{name}", (HttpContext context, string name) => RunAsync(context, async () =>
        {
            var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            var version = RandomNumberGenerator.GetHexString(32, lowercase: true);
            var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
            var secret = new JsonObject
            {
                ["value"] = body["value"]!.GetValue<string>(),
                ["id"] = $"{Uri.OriginalString}/secrets/{name}/{version}",
                ["attributes"] = new JsonObject { ["enabled"] = true, ["created"] = now, ["updated"] = now, ["recoveryLevel"] = "Recoverable" },
            };
            secrets[$"{name}/{version}"] = secret;
            return Results.Text(secret.ToJsonString(), "application/json");
        }));
        endpoints.MapGet("/secrets/{name}/{version}", (HttpContext context, string name, string version) => RunAsync(context, () => Task.FromResult(
            !secrets.TryGetValue($"{name}/{version}", out var secret) ? Error(404, "SecretNotFound")
            : secret["attributes"]!["enabled"]!.GetValue<bool>() ? Results.Text(secret.ToJsonString(), "application/json")
            : Error(403, "Forbidden"))));
        endpoints.MapPatch("/secrets/{name}/{version}", (HttpContext context, string name, string version) => RunAsync(context, async () =>
        {
            if (!secrets.TryGetValue($"{name}/{version}", out var secret)) return Error(404, "SecretNotFound");
            var body = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
            if (body["attributes"]?["enabled"]?.GetValue<bool>() is { } enabled) secret["attributes"]!["enabled"] = enabled;
            if (body["tags"] is { } tags) secret["tags"] = tags.DeepClone();
            return Results.Text(Shown(secret).ToJsonString(), "application/json");
        }));
        endpoints.MapGet("/secrets/{name}/versions", (HttpContext context, string name) => RunAsync(context, () => Task.FromResult(Results.Text(
            new JsonObject { ["value"] = new JsonArray([.. secrets.Where(s => s.Key.StartsWith(name + "/", StringComparison.Ordinal)).Select(s => Shown(s.Value))]) }.ToJsonString(), "application/json"))));
    }

    private static JsonObject Shown(JsonObject secret)
    {
        var shown = secret.DeepClone().AsObject();
        shown.Remove("value");
        return shown;
    }

    private async Task RunAsync(HttpContext context, Func<Task<IResult>> answer)
    {
        Interlocked.Increment(ref calls);
        if (context.Request.Headers.Authorization != "Bearer " + Identity.Token)
        {
            context.Response.Headers.WWWAuthenticate =
                "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001\", resource=\"https://vault.azure.net\"";
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        var result = context.Request.Query["api-version"].Count == 1 ? await answer() : Error(400, "BadParameter");
        await result.ExecuteAsync(context);
    }

    private static IResult Error(int status, string code) =>
        Results.Text($$$"""{"error":{"code":"{{{code}}}","message":"{{{code}}}"}}""", "application/json", statusCode: status);

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=schoolsignal-test.vault.azure.net", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private sealed class Identity : TokenCredential
    {
        public const string Token = "the-apps-token";

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            requestContext.Scopes is ["https://vault.azure.net/.default"]
                ? new AccessToken(Token, DateTimeOffset.MaxValue)
                : throw new InvalidOperationException("A token for something else than the vault was asked for.");

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
