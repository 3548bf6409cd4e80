using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Mailbox;

/// <summary>Registers a folder as the mailbox.</summary>
public static class MailboxServices
{
    /// <summary>Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddFolderMailbox(this IServiceCollection services, string folder, bool hasRate = true) => services
        .AddSingleton(provider => new FolderMailbox(folder, provider.GetRequiredService<TimeProvider>(), hasRate))
        .AddSingleton<INotificationSender>(provider => provider.GetRequiredService<FolderMailbox>());
}
