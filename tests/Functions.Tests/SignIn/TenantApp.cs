using System.Net.Http.Headers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;
using SchoolSignal.Testing.Tenants;

namespace SchoolSignal.Functions.Tests.SignIn;

/// <summary>The app on a loopback port, signing in with a fake tenant.</summary>
internal sealed class TenantApp : IAsyncDisposable
{
    public const string Origin = "https://signal.district.example";

    public static readonly SchoolId Mine = SchoolId.Parse("mine");
    public static readonly SchoolId Theirs = SchoolId.Parse("theirs");

    private readonly TempFolder folder = new();
    private readonly IHost host;

    private TenantApp(FakeTenant tenant, Action<IServiceCollection>? configure, IReadOnlyDictionary<string, string?>? settings)
    {
        Tenant = tenant;
        host = LocalHost.Build(
            new LocalOptions(folder.Path, DistrictId.Parse("north"), Port: 0)
            {
                SurvivesPowerCut = false,
                Configuration = new ConfigurationBuilder()
                    .AddInMemoryCollection(tenant.SettingsFor(Origin)).AddInMemoryCollection(settings ?? new Dictionary<string, string?>()).Build(),
            }.OnTestStore(),
            configure: configure);
    }

    public FakeTenant Tenant { get; }

    public Uri Address { get; private set; } = null!;

    /// <param name="settings">In place of, or beside, the usual ones.</param>
    public static async Task<TenantApp> StartAsync(Action<IServiceCollection>? configure = null, IReadOnlyDictionary<string, string?>? settings = null)
    {
        var app = new TenantApp(await FakeTenant.StartAsync(), configure, settings);
        await app.host.StartAsync();
        app.Address = LocalHost.AddressOf(app.host);
        return app;
    }

    public T Get<T>() where T : notnull => host.Services.GetRequiredService<T>();

    public TestBrowser Browser() => new(Address, Origin);

    /// <summary>Somebody of the staff of school <see cref="Mine"/> whose account has the same roles.</summary>
    public Task<TenantPerson> HireAsync(string name, params Role[] roles) => HireAsync(name, Mine, roles);

    public async Task<TenantPerson> HireAsync(string name, SchoolId school, params Role[] roles)
    {
        var person = new TenantPerson(Guid.NewGuid(), $"{name}@district.example", [.. roles.Select(Roles.NameOf)]);
        var member = new StaffMember(StaffId.Parse(name), name, name, roles.ToHashSet(), new HashSet<SchoolId> { school }) { EntraObjectId = person.ObjectId };
        Assert.IsType<StaffSaved.Saved>(await Get<StaffStore>().SaveAsync(member, null, CancellationToken.None));
        return person;
    }

    /// <summary>Asks with an access token, or without one.</summary>
    public async Task<HttpResponseMessage> AskAsync(string? token, HttpMethod method, string address)
    {
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        using var request = new HttpRequestMessage(method, address);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await client.SendAsync(request);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
        await Tenant.DisposeAsync();
        folder.Dispose();
    }
}
