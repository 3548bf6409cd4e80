using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SchoolSignal.Adapters.Telemetry;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>The app on one machine: Kestrel for HTTP triggers, the embedded queue for queue triggers, a cron for timers.
/// On the generic HostBuilder on purpose: WebApplicationBuilder adds authentication middleware by itself, which would
/// answer /signin-oidc before the function does (design.md).</summary>
public static class LocalHost
{
    /// <summary>Threads beside one for each processor.</summary>
    private const int ThreadsThatWaitForTheDisk = 2;

    /// <param name="configure">Registers more, or replaces; for tests.</param>
    public static IHost Build(LocalOptions options, FunctionCatalogue? catalogue = null, Action<IServiceCollection>? configure = null)
    {
        KeepProcessorsBusy();
        return new HostBuilder()
            .ConfigureAppConfiguration(configuration => configuration.AddEnvironmentVariables())
            .ConfigureLogging(log => LocalLog.Configure(log, LogLevel.Information))
            .ConfigureServices(services =>
            {
                services.Configure<HostOptions>(host =>
                {
                    host.ServicesStopConcurrently = true;
                    // The pump cuts its work off after the drain time and needs a moment to hand it back.
                    host.ShutdownTimeout = options.DrainTime + TimeSpan.FromSeconds(3);
                });
                LocalServices.Add(services, options, catalogue);
                services.AddTelemetry(options.Configuration);
                services.AddSingleton<HttpFunctions>();
                services.AddHostedService<QueueRunner>();
                services.AddHostedService<TimerRunner>();
                services.AddHostedService<FileDrop>();
                configure?.Invoke(services);
            })
            .ConfigureWebHost(web => web
                .UseKestrel(kestrel =>
                {
                    kestrel.AddServerHeader = false;
                    kestrel.Limits.MaxRequestBodySize = options.MaxBody;
                    kestrel.Listen(IPAddress.Loopback, options.Port);
                })
                .ConfigureServices(services => services.AddRouting())
                .Configure(app => app
                    .UseRouting()
                    .UseEndpoints(endpoints => endpoints.ServiceProvider.GetRequiredService<HttpFunctions>().Map(endpoints))
                    .Run(context => Faults.NotFound.ExecuteAsync(context))))
            .UseDefaultServiceProvider(provider => provider.ValidateScopes = true)
            .Build();
    }

    /// <summary>The embedded database writes, and waits for the disk, on a thread of the pool. With one thread for each processor
    /// that processor would wait too; the pool itself adds threads only after half a second.</summary>
    private static void KeepProcessorsBusy()
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        var wanted = Environment.ProcessorCount + ThreadsThatWaitForTheDisk;
        if (workers < wanted) ThreadPool.SetMinThreads(wanted, ports);
    }

    /// <summary>Where a started host listens, such as http://127.0.0.1:7071.</summary>
    public static Uri AddressOf(IHost host) =>
        new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
}
