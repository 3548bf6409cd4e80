using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SchoolSignal.Adapters;
using SchoolSignal.Adapters.AzureBlobs;
using SchoolSignal.Adapters.AzureTables;
using SchoolSignal.Adapters.Entra;
using SchoolSignal.Adapters.Folder;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Adapters.Keyring;
using SchoolSignal.Adapters.KeyVault;
using SchoolSignal.Adapters.Mailbox;
using SchoolSignal.Adapters.Sessions;
using SchoolSignal.Adapters.Sqlite;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>Composes the app on one machine: SQLite for rows and queue, a folder for the archive, a file for the key
/// ring, unless the configuration names a storage account. The host and every command use this one registration.</summary>
public static class LocalServices
{
    public static IServiceCollection Add(IServiceCollection services, LocalOptions options, FunctionCatalogue? catalogue = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        AddStores(services, options);
        AddSignIn(services, options);
        AddNotifications(services, options);
        services.TryAddSingleton(new PublicOrigin(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://localhost:{options.Port}"))));
        services.AddSingleton<FunctionInvoker>();
        services.AddSingleton<QueuePump>();
        services.AddSingleton<TimerMemory>();
        services.AddSingleton<DroppedFiles>();
        return services.AddSchoolSignal(catalogue ?? FunctionCatalogue.OfThisApp(), options.District);
    }

    /// <summary>Through Microsoft Graph where the configuration says how; without, into a mailbox of this machine.</summary>
    private static void AddNotifications(IServiceCollection services, LocalOptions options)
    {
        if (options.SendsThroughGraph)
        {
            services.AddGraph(options.Configuration);
            return;
        }
        services.AddFolderMailbox(Path.Combine(options.DataFolder, "mailbox"), hasRate: !options.KeepsMailHere);
        services.AddSingleton<MailboxPages>();
        services.AddSingleton(new Pages.District.LocalMailbox(MailboxPages.Path));
    }

    /// <summary>The embedded database and the data folder, or the storage account and the vault that the configuration names; the
    /// queue is embedded either way.</summary>
    private static void AddStores(IServiceCollection services, LocalOptions options)
    {
        services.AddSqlite(new SqliteOptions(options.DataFolder) { SurvivesPowerCut = options.SurvivesPowerCut });
        if (options.Configuration.GetSection(StorageOptions.Section).Exists())
        {
            var storage = StorageOptions.Of(options.Configuration);
            services.AddAzureTables(storage).AddAzureBlobs(storage).AddBlobDrop(storage);
        }
        else
        {
            services.AddFolderArchive(Path.Combine(options.DataFolder, "archive"));
        }
        if (KeyVaultOptions.IsConfigured(options.Configuration)) services.AddKeyVaultKeyring(KeyVaultOptions.Of(options.Configuration));
        else services.AddFileKeyring(options.DataFolder);
    }

    /// <summary>With the tenant that the configuration names; without one, the picker of this machine.</summary>
    private static void AddSignIn(IServiceCollection services, LocalOptions options)
    {
        if (EntraServices.IsConfigured(options.Configuration))
        {
            services.AddEntra(options.Configuration, options.District);
            return;
        }
        services.AddSessions(options.District, new SessionSettings(Secure: false, SignInPicker.Path));
        services.AddSingleton<ICallerResolver, LocalCallerResolver>();
        services.AddSingleton<SignInPicker>();
    }
}
