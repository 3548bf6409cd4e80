using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Folder;

/// <summary>Registers a folder as the archive.</summary>
public static class FolderServices
{
    /// <summary>Needs a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddFolderArchive(this IServiceCollection services, string folder) =>
        services.AddSingleton<IFileArchive>(provider => new FolderArchive(folder, provider.GetRequiredService<TimeProvider>()));
}
