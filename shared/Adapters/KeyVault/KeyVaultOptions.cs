using Microsoft.Extensions.Configuration;

namespace SchoolSignal.Adapters.KeyVault;

/// <summary>The vault that holds the directory's secret: configuration section <c>KeyVault</c>.</summary>
public sealed class KeyVaultOptions
{
    public const string Section = "KeyVault";

    /// <summary>Such as https://NAME.vault.azure.net.</summary>
    public Uri? Uri { get; set; }

    /// <summary>The secret's name; its versions are the key ring's.</summary>
    public string SecretName { get; set; } = "directory-secret";

    /// <summary>How long a process goes on with the newest version it knows before it looks for a newer one. Well under
    /// <see cref="Domain.Students.DirectoryRekey.Settle"/>.</summary>
    public TimeSpan Kept { get; set; } = TimeSpan.FromSeconds(30);

    public static bool IsConfigured(IConfiguration configuration) => configuration.GetSection(Section).Exists();

    public static KeyVaultOptions Of(IConfiguration configuration)
    {
        var options = new KeyVaultOptions();
        configuration.GetSection(Section).Bind(options);
        return options;
    }

    /// <summary>What is wrong with the options, in words; empty if nothing is.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        if (Uri is not { Scheme: "https" }) faults.Add("KeyVault:Uri is the vault's https address.");
        if (SecretName.Length is 0 or > 127 || !SecretName.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            faults.Add("KeyVault:SecretName is 1 to 127 letters, digits and '-'.");
        if (Kept < TimeSpan.Zero || Kept > TimeSpan.FromMinutes(1)) faults.Add("KeyVault:Kept is at most a minute.");
        return faults;
    }
}
