using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SchoolSignal.Benchmarks.Forms;

/// <summary>What ASP.NET Core does at its barest: one endpoint, one insert through Microsoft.Data.Sqlite, flushed to disk as ours is.</summary>
internal sealed class BareEndpoint : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient client;

    private BareEndpoint(WebApplication app)
    {
        this.app = app;
        client = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
    }

    public static async Task<BareEndpoint> StartAsync(string work)
    {
        var file = Path.Combine(work, "bare.db");
        File.Delete(file);
        var source = new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 60 }.ToString();
        using (var setUp = new SqliteConnection(source))
        {
            setUp.Open();
            using var schema = setUp.CreateCommand();
            schema.CommandText = "PRAGMA journal_mode = WAL; CREATE TABLE form (id INTEGER PRIMARY KEY, body TEXT NOT NULL)";
            schema.ExecuteNonQuery();
        }
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapPost("/form", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync();
            using var connection = new SqliteConnection(source);
            connection.Open();
            using var insert = connection.CreateCommand();
            insert.CommandText = "PRAGMA synchronous = FULL; INSERT INTO form (body) VALUES ($body)";
            insert.Parameters.AddWithValue("$body", body);
            insert.ExecuteNonQuery();
            return Results.Created();
        });
        await app.StartAsync();
        return new BareEndpoint(app);
    }

    public async Task InsertAsync(int number)
    {
        using var answer = await client.PostAsync("/form", new StringContent(string.Create(CultureInfo.InvariantCulture, $"a form of the usual length, number {number}: {new string('x', 200)}")));
        answer.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
