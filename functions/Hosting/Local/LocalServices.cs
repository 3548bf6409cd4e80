using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SchoolSignal.Adapters.Folder;
using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Composes the app on one machine: SQLite for rows and queue, a folder for the archive, a file for the key
/// ring. The host and every command use this one registration.</summary>
public static class LocalServices
{
    public static IServiceCollection Add(IServiceCollection services, LocalOptions options, FunctionCatalogue? catalogue = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSqlite(new SqliteOptions(options.DataFolder) { SurvivesPowerCut = options.SurvivesPowerCut });
        services.AddFolderArchive(Path.Combine(options.DataFolder, "archive"));
        services.AddFileKeyring(options.DataFolder);
        services.TryAddSingleton<ICallerResolver, LocalCallerResolver>();
        services.AddSingleton<FunctionInvoker>();
        services.AddSingleton<QueuePump>();
        services.AddSingleton<TimerMemory>();
        return services.AddSchoolSignal(catalogue ?? FunctionCatalogue.OfThisApp(), options.District);
    }
}
