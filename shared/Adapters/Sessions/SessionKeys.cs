using System.Globalization;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Sessions;

/// <summary>The keys that seal cookies and form tokens, as files of the archive: every instance of the app reads the same ones.
/// Data protection asks for them on start and once a day, and waits, so the calls block.</summary>
internal sealed class SessionKeys(IFileArchive archive) : IXmlRepository
{
    private const string Folder = "session-keys";

    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => WriteAsync(element).GetAwaiter().GetResult();

    private async Task<List<XElement>> ReadAsync()
    {
        var elements = new List<XElement>();
        await foreach (var path in archive.ListAsync(ArchivePath.Of(Folder), CancellationToken.None).ConfigureAwait(false))
        {
            if (await archive.OpenReadAsync(path, CancellationToken.None).ConfigureAwait(false) is not { } stream) continue;
            await using (stream.ConfigureAwait(false))
                elements.Add(await XElement.LoadAsync(stream, LoadOptions.None, CancellationToken.None).ConfigureAwait(false));
        }
        return elements;
    }

    private async Task WriteAsync(XElement element)
    {
        // Two instances that make a key at once make two, and both are good.
        var path = ArchivePath.Of(Folder, Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture));
        var file = await archive.CreateAsync(path, CancellationToken.None).ConfigureAwait(false);
        await using (file.ConfigureAwait(false))
        {
            await element.SaveAsync(file.Stream, SaveOptions.None, CancellationToken.None).ConfigureAwait(false);
            await file.CompleteAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }
}
