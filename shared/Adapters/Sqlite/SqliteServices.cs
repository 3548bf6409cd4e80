using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Sqlite;

/// <summary>Registers the embedded database as table store, message sender, and as what looks into its queues.</summary>
public static class SqliteServices
{
    /// <summary>Needs a <see cref="TimeProvider"/>. The database is opened with the first service that uses it and closed with the container.</summary>
    public static IServiceCollection AddSqlite(this IServiceCollection services, SqliteOptions options) => services
        .AddSingleton(_ => SqliteDatabase.Open(options))
        .AddSingleton<SqliteTableStore>()
        .AddSingleton<ITableStore>(provider => provider.GetRequiredService<SqliteTableStore>())
        .AddSingleton<SqliteMessageQueue>()
        .AddSingleton<IMessageSender>(provider => provider.GetRequiredService<SqliteMessageQueue>())
        .AddSingleton<IWaitingMessages, SqliteWaitingMessages>()
        .AddSingleton<IDeadLetterReader>(provider => provider.GetRequiredService<SqliteMessageQueue>());
}
