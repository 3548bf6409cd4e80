using Azure.Core;
using Azure.Identity;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;
using SchoolSignal.Adapters;
using SchoolSignal.Adapters.AzureBlobs;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Adapters.Entra;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Adapters.KeyVault;
using SchoolSignal.Adapters.ServiceBus;
using SchoolSignal.Adapters.Telemetry;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Hosting.Azure;

/// <summary>Composes the app in Azure: Table and Blob Storage, Service Bus, Key Vault, the tenant's sign-in and Microsoft Graph, all opened
/// with the app's managed identity. The domain's services are the Local host's.</summary>
public static class AzureServices
{
    /// <summary>The district's id.</summary>
    public const string DistrictSetting = "District";

    /// <summary>The managed identity's client id.</summary>
    public const string IdentitySetting = "AZURE_CLIENT_ID";

    /// <summary>Bytes of a request's body, inclusive: what the Functions host lets through.</summary>
    private const long LargestBody = 100L * 1024 * 1024;

    /// <exception cref="InvalidOperationException">Settings are missing or wrong; all that is wrong stands in the message.</exception>
    public static IServiceCollection Add(IServiceCollection services, IConfiguration configuration)
    {
        var storage = StorageOptions.Of(configuration);
        var vault = KeyVaultOptions.Of(configuration);
        if (Faults(configuration, storage, vault) is { Count: > 0 } faults) throw new InvalidOperationException(string.Join(' ', faults));

        var district = DistrictId.Parse(configuration[DistrictSetting]!);
        TokenCredential identity = new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(configuration[IdentitySetting]!));
        services.AddSingleton(TimeProvider.System);
        services.AddAzureTables(storage, identity).AddAzureBlobs(storage, identity).AddBlobDrop(storage, identity);
        services.AddKeyVaultKeyring(vault, identity);
        services.AddServiceBus(
            configuration, queue => FunctionSettings.Resolve($"%{FunctionSettings.SettingOf(queue)}%", configuration), identity);
        services.AddEntra(configuration, district);
        services.AddGraph(configuration);
        services.AddTelemetry(configuration, identity);
        // A function runs in the worker's own activity, which continues the host's trace; and the host is told that we send our telemetry
        // ourselves, or it would send the worker's log a second time.
        services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddSource("Microsoft.Azure.Functions.Worker"));
        services.Configure<WorkerOptions>(worker => worker.Capabilities["WorkerOpenTelemetryEnabled"] = bool.TrueString);
        services.AddSchoolSignal(FunctionCatalogue.OfThisApp(), district);
        services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
        });
        // After the pages' own: people come by https alone.
        return services.Configure<AntiforgeryOptions>(options =>
        {
            options.Cookie.Name = "__Host-form";
            options.Cookie.Path = "/";
            options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        });
    }

    private static List<string> Faults(IConfiguration configuration, StorageOptions storage, KeyVaultOptions vault)
    {
        List<string> faults = [.. storage.Faults(), .. vault.Faults()];
        if (storage.ConnectionString.Length > 0) faults.Add("Storage:ConnectionString is for an emulator: in Azure the identity opens the account.");
        if (!DistrictId.TryParse(configuration[DistrictSetting], out _)) faults.Add("District is the district's id: 1 to 60 letters, digits, '-', '_' or '.'.");
        if (!Guid.TryParse(configuration[IdentitySetting], out _)) faults.Add("AZURE_CLIENT_ID is the client id of the app's managed identity, a GUID.");
        if (!EntraServices.IsConfigured(configuration)) faults.Add("Entra:TenantId and Entra:ClientId name the tenant and the app's registration.");
        if (!GraphServices.IsConfigured(configuration)) faults.Add("Graph:TenantId, Graph:ClientId and Graph:Mailbox say how alerts go out.");
        return faults;
    }
}
