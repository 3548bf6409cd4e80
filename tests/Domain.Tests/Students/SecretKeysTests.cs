using System.Security.Cryptography;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Tests.Students;

public sealed class SecretKeysTests
{
    private static readonly SecretKeys Keys = new(new KeyringSecret("v1", RandomNumberGenerator.GetBytes(32)));

    [Fact]
    public void Hash_SamePupilIdInTwoDistricts_CannotBeLinked()
    {
        Assert.Equal(HashOf(Keys, "north", "604822"), HashOf(Keys, "north", "604822"));
        Assert.NotEqual(HashOf(Keys, "north", "604822"), HashOf(Keys, "south", "604822"));
        Assert.NotEqual(HashOf(Keys, "north", "604822"), HashOf(Keys, "north", "604823"));
        // The district and the id do not run into each other.
        Assert.NotEqual(HashOf(Keys, "north6", "04822"), HashOf(Keys, "north", "604822"));
    }

    [Fact]
    public void Hash_AnotherVersionOfTheSecret_IsAnother() =>
        Assert.NotEqual(
            HashOf(Keys, "north", "604822"),
            HashOf(new SecretKeys(new KeyringSecret("v2", RandomNumberGenerator.GetBytes(32))), "north", "604822"));

    [Fact]
    public void Unseal_InItsPlace_GivesWhatWasSealed()
    {
        var body = Keys.Seal("Aiko Mori"u8, "roll B|0001");
        var plain = new byte[body.Length - SecretKeys.Overhead];
        Keys.Unseal(body, "roll B|0001", plain);
        Assert.Equal("Aiko Mori"u8.ToArray(), plain);
        Assert.Equal(-1, body.AsSpan().IndexOf("Aiko"u8));
    }

    [Fact]
    public void Unseal_InAnotherPlaceOrChanged_IsRefused()
    {
        var body = Keys.Seal("Aiko Mori"u8, "roll B|0001");
        var plain = new byte[body.Length - SecretKeys.Overhead];
        Assert.ThrowsAny<CryptographicException>(() => Keys.Unseal(body, "roll B|0002", plain));
        body[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => Keys.Unseal(body, "roll B|0001", plain));
    }

    private static byte[] HashOf(SecretKeys keys, string district, string student)
    {
        var hash = new byte[32];
        keys.Hash(district, student, hash);
        return hash;
    }
}
