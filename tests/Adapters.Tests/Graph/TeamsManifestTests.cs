using System.Text.Json;
using System.Text.RegularExpressions;
using SchoolSignal.Domain.Notifications;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Tests.Graph;

/// <summary>Graph refuses an activity that the Teams app's manifest does not declare.</summary>
public sealed partial class TeamsManifestTests
{
    private static readonly string Folder = Path.Combine(RepositoryRoot(), "infra", "teams");
    private static readonly JsonElement Manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "manifest.json"))).RootElement;

    [Fact]
    public async Task Activities_WhatIsSent_IsWhatTheManifestDeclares()
    {
        await using var rig = await GraphRig.StartAsync();
        Assert.IsType<SendResult.Sent>(await rig.SendAsync(GraphRig.Mail(1, channel: NotificationChannel.Teams)));
        Assert.IsType<SendResult.Sent>(await rig.SendAsync(GraphRig.Mail(2, isUrgent: true, channel: NotificationChannel.Teams)));

        var declared = Manifest.GetProperty("activities").GetProperty("activityTypes").EnumerateArray().ToList();
        Assert.Equal(rig.Graph.Activities.Select(a => a.Type).Order(), declared.Select(type => type.GetProperty("type").GetString()!).Order());
        // The one parameter that is sent.
        Assert.All(declared, type => Assert.Equal(["{text}"], Parameter().Matches(type.GetProperty("templateText").GetString()!).Select(m => m.Value)));
        Assert.Empty(rig.Graph.Violations);
    }

    [Fact]
    public async Task Activities_Link_LeadsThroughTheTabToThePage()
    {
        await using var rig = await GraphRig.StartAsync();
        await rig.SendAsync(GraphRig.Mail(1, channel: NotificationChannel.Teams));

        var tab = Assert.Single(Manifest.GetProperty("staticTabs").EnumerateArray());
        var link = new Uri(Assert.Single(rig.Graph.Activities).WebUrl);
        Assert.EndsWith("/" + tab.GetProperty("entityId").GetString(), link.AbsolutePath, StringComparison.Ordinal);
        Assert.Contains("{page.subPageId}", tab.GetProperty("contentUrl").GetString(), StringComparison.Ordinal);
        Assert.Contains("""{"subPageId":"cases/1a2b"}""", Uri.UnescapeDataString(link.Query), StringComparison.Ordinal);
    }

    /// <summary>Limits of the manifest's schema (v1.19) that an edit could break.</summary>
    [Fact]
    public void Manifest_AsItStands_KeepsTheSchemasLimits()
    {
        foreach (var required in (string[])["manifestVersion", "version", "id", "developer", "name", "description", "icons", "accentColor"])
            Assert.True(Manifest.TryGetProperty(required, out _), required);
        Assert.True(Manifest.GetProperty("name").GetProperty("short").GetString()!.Length <= 30);
        Assert.True(Manifest.GetProperty("name").GetProperty("full").GetString()!.Length <= 100);
        Assert.True(Manifest.GetProperty("description").GetProperty("short").GetString()!.Length <= 80);
        Assert.True(Manifest.GetProperty("description").GetProperty("full").GetString()!.Length <= 4_000);
        Assert.True(Guid.TryParse(Manifest.GetProperty("id").GetString(), out _));
        Assert.True(Guid.TryParse(Manifest.GetProperty("webApplicationInfo").GetProperty("id").GetString(), out _));
        Assert.All(
            Manifest.GetProperty("activities").GetProperty("activityTypes").EnumerateArray(),
            type => Assert.True(type.GetProperty("description").GetString()!.Length <= 128));
    }

    [Theory]
    [InlineData("color", 192)]
    [InlineData("outline", 32)]
    public void Icons_AsTeamsWantsThem_AreSquarePngs(string name, int size)
    {
        var png = File.ReadAllBytes(Path.Combine(Folder, Manifest.GetProperty("icons").GetProperty(name).GetString()!));

        Assert.Equal("PNG"u8.ToArray(), png[1..4]);
        Assert.Equal((size, size), (BinaryWidth(png, 16), BinaryWidth(png, 20)));

        static int BinaryWidth(byte[] bytes, int at) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
    }

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SchoolSignal.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    [GeneratedRegex("\\{[^}]*\\}")]
    private static partial Regex Parameter();
}
