using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Adapters.Sessions;

/// <summary>Seals a session key's XML with the district's keyring before it goes into the archive: whoever reads the archive can
/// make no cookie.</summary>
internal sealed class SessionKeySeal(DirectoryKeys keys) : IXmlEncryptor
{
    internal const string Place = "session key";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var current = keys.CurrentAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var body = current.Seal(Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting)), Place);
        return new EncryptedXmlInfo(
            new XElement("sealed", new XAttribute("version", current.Version), Convert.ToBase64String(body)), typeof(SessionKeyUnseal));
    }
}

/// <summary>Opens what <see cref="SessionKeySeal"/> sealed; data protection makes it from the type's name.</summary>
internal sealed class SessionKeyUnseal(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var version = encryptedElement.Attribute("version")!.Value;
        var secret = services.GetRequiredService<DirectoryKeys>().OfAsync(version, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        var body = Convert.FromBase64String(encryptedElement.Value);
        var plain = new byte[body.Length - SecretKeys.Overhead];
        secret.Unseal(body, SessionKeySeal.Place, plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
