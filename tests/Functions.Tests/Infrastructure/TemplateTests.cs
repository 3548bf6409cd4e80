using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using SchoolSignal.Adapters;
using SchoolSignal.Adapters.Entra;
using SchoolSignal.Adapters.Graph;
using SchoolSignal.Adapters.KeyVault;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.Tests.Infrastructure;

/// <summary>The template compiles clean, and what it makes is what the code asks for: each queue, setting, schedule, table and role, and
/// nothing else.</summary>
public sealed partial class TemplateTests(CompiledTemplate compiled) : IClassFixture<CompiledTemplate>
{
    private static readonly IConfiguration Nothing = new ConfigurationBuilder().Build();

    // Everything the app's identity, Event Grid, senders and operators may do. A role more or less is meant: then change this list.
    private static readonly (string Module, string Role)[] Roles =
    [
        ("feedDrop", "Service Bus Data Sender"), ("feedDrop", "Storage Blob Data Contributor"),
        ("keyVault", "Key Vault Secrets Officer"),
        ("monitoring", "Monitoring Metrics Publisher"),
        ("serviceBus", "Service Bus Data Receiver"), ("serviceBus", "Service Bus Data Sender"),
        ("sftp", "Storage Blob Data Contributor"),
        ("storage", "Storage Blob Data Contributor"), ("storage", "Storage Blob Data Owner"), ("storage", "Storage Table Data Contributor"),
    ];

    private static readonly Dictionary<string, string> RoleNames = new()
    {
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Storage Blob Data Owner",
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Storage Blob Data Contributor",
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Storage Table Data Contributor",
        ["69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"] = "Service Bus Data Sender",
        ["4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"] = "Service Bus Data Receiver",
        ["b86a8fe4-44ce-4948-aee5-eccb2c155cd7"] = "Key Vault Secrets Officer",
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Monitoring Metrics Publisher",
    };

    // Read by the Functions host and by the SDKs, not by code of ours.
    private static readonly string[] HostsOwn =
    [
        "AZURE_CLIENT_ID", "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__credential", "AzureWebJobsStorage__clientId",
        "ServiceBus__fullyQualifiedNamespace", "ServiceBus__credential", "ServiceBus__clientId",
    ];

    private static readonly Dictionary<string, Type> Sections = new()
    {
        [StorageOptions.Section] = typeof(StorageOptions),
        [KeyVaultOptions.Section] = typeof(KeyVaultOptions),
        [EntraOptions.Section] = typeof(EntraOptions),
        [GraphOptions.Section] = typeof(GraphOptions),
    };

    private JsonElement Template => compiled.Root;

    [Fact]
    public async Task Parameters_OfEveryEnvironment_CompileClean()
    {
        var (code, _, said) = await Bicep.RunAsync("lint", "main.bicep");
        Assert.Equal((0, ""), (code, said));
        var files = Directory.GetFiles(Path.Combine(Bicep.Folder, "parameters"), "*.bicepparam").Append(Path.Combine(Bicep.Folder, "main.bicepparam")).ToList();
        Assert.Equal(3, files.Count);
        foreach (var file in files)
        {
            (code, _, said) = await Bicep.RunAsync("build-params", file, "--stdout");
            Assert.Equal((0, ""), (code, said));
        }
    }

    [Fact]
    public void Queues_AreThoseTheFunctionsTakeFrom_WithSessionsWhereTheyNeedThem()
    {
        var declared = FunctionCatalogue.OfThisApp().Functions.Select(f => f.Trigger).OfType<TriggerBinding.Queue>()
            .ToDictionary(queue => queue.Setting.Trim('%'), queue => (FunctionSettings.Resolve(queue.Setting, Nothing), queue.Sessions));
        var made = Variable(0).EnumerateObject().ToDictionary(
            queue => queue.Name, queue => (queue.Value.GetProperty("name").GetString()!, queue.Value.GetProperty("sessions").GetBoolean()));
        Assert.Equal(declared.OrderBy(pair => pair.Key), made.OrderBy(pair => pair.Key));
        Assert.Equal(QueueName.All.Select(queue => queue.Value).Order(), made.Values.Select(queue => queue.Item1).Order());
    }

    [Fact]
    public void Schedules_AreThoseTheFunctionsName_AtTheirUsualTimes()
    {
        var declared = FunctionCatalogue.OfThisApp().Functions.Select(f => f.Trigger).OfType<TriggerBinding.Timer>()
            .ToDictionary(timer => timer.Setting.Trim('%'), timer => FunctionSettings.Resolve(timer.Setting, Nothing));
        Assert.Equal(declared.OrderBy(pair => pair.Key), Variable(1).EnumerateObject().ToDictionary(cron => cron.Name, cron => cron.Value.GetString()!).OrderBy(pair => pair.Key));
    }

    [Fact]
    public void Settings_AreReadByTheCode()
    {
        var set = SettingNames().Matches(Module("app").GetProperty("properties").GetProperty("parameters").GetProperty("settings").GetProperty("value").GetString()!)
            .Select(match => match.Groups[1].Value).ToHashSet();
        Assert.True(set.Count > 20, $"{set.Count} settings");
        foreach (var name in set.Except(HostsOwn).Except(["District"]))
        {
            var parts = name.Split("__");
            Assert.True(Sections.TryGetValue(parts[0], out var section), name);
            Assert.True(section!.GetProperty(parts[1], BindingFlags.Public | BindingFlags.Instance) is not null, name);
        }
        Assert.Superset(HostsOwn.ToHashSet(), set);
        Assert.Superset(
            new HashSet<string> { "District", "Storage__TableEndpoint", "Storage__BlobEndpoint", "Storage__SftpEndpoint", "KeyVault__Uri", "Entra__TenantId", "Entra__ClientId", "Graph__Mailbox" }, set);
        // The origin is set beside them, where the app's own address is known; nothing sets a secret.
        Assert.Contains("'PublicOrigin'", Template.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(set, name => name.Contains("Secret", StringComparison.Ordinal) || name.EndsWith("ConnectionString", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_AreTheStorageMaps()
    {
        var tables = Inner("storage").GetProperty("variables").GetProperty("tables").EnumerateArray().Select(name => name.GetString());
        Assert.Equal(TableName.All.Select(table => table.Value).Order(), tables.Order());
    }

    [Fact]
    public void Roles_AreTheFewThatAreNeeded()
    {
        var given = new SortedSet<(string, string)>();
        foreach (var module in Modules())
            foreach (var id in RoleId().Matches(Inner(module).GetRawText()).Select(match => match.Value).Where(id => Inner(module).GetRawText().Contains("roleAssignments", StringComparison.Ordinal)))
                given.Add((module == "sftpFeedDrop" ? "feedDrop" : module == "sftpDrop" ? "sftp" : module, RoleNames[id]));
        Assert.Equal(Roles, given);
    }

    [Fact]
    public void Keys_OpenNothing()
    {
        var text = Template.GetRawText();
        Assert.DoesNotMatch(@"listKeys\(|listAccountSas|listConnectionStrings", text);
        var types = Resources().GroupBy(resource => resource.GetProperty("type").GetString()!).ToDictionary(group => group.Key, group => group.ToList());
        Assert.Equal(3, types["Microsoft.Storage/storageAccounts"].Count);
        Assert.All(types["Microsoft.Storage/storageAccounts"], account => Assert.False(account.GetProperty("properties").GetProperty("allowSharedKeyAccess").GetBoolean()));
        Assert.True(Assert.Single(types["Microsoft.ServiceBus/namespaces"]).GetProperty("properties").GetProperty("disableLocalAuth").GetBoolean());
        Assert.True(Assert.Single(types["Microsoft.Insights/components"]).GetProperty("properties").GetProperty("DisableLocalAuth").GetBoolean());
        Assert.True(Assert.Single(types["Microsoft.KeyVault/vaults"]).GetProperty("properties").GetProperty("enableRbacAuthorization").GetBoolean());
        Assert.All(types["Microsoft.Web/sites/basicPublishingCredentialsPolicies"], policy => Assert.False(policy.GetProperty("properties").GetProperty("allow").GetBoolean()));
    }

    [Fact]
    public void AppRoles_OfTheRegistration_AreThoseTheCodeKnows()
    {
        using var roles = JsonDocument.Parse(File.ReadAllText(Path.Combine(Bicep.Folder, "entra", "roles.json")));
        var made = roles.RootElement.EnumerateArray().ToDictionary(
            role => role.GetProperty("value").GetString()!, role => role.GetProperty("allowedMemberTypes").EnumerateArray().Single().GetString()!);
        Assert.Equal(
            Enum.GetValues<Role>().ToDictionary(Domain.District.Roles.NameOf, role => Domain.District.Roles.OfPeople.Contains(role) ? "User" : "Application").OrderBy(pair => pair.Key),
            made.OrderBy(pair => pair.Key));
        Assert.Equal(made.Count, roles.RootElement.EnumerateArray().Select(role => role.GetProperty("id").GetGuid()).Distinct().Count());
    }

    private JsonElement Variable(int file) => Template.GetProperty("variables").GetProperty($"$fxv#{file}");

    private static IEnumerable<JsonElement> Children(JsonElement of) => of.GetProperty("resources") is { ValueKind: JsonValueKind.Array } array
        ? array.EnumerateArray() : of.GetProperty("resources").EnumerateObject().Select(resource => resource.Value);

    private IEnumerable<string> Modules() => Children(Template).Select(resource => resource.GetProperty("name").GetString()!);

    private JsonElement Module(string name) => Children(Template).Single(resource => resource.GetProperty("name").GetString() == name);

    private JsonElement Inner(string module) => Module(module).GetProperty("properties").GetProperty("template");

    private IEnumerable<JsonElement> Resources() => Modules().SelectMany(module => Children(Inner(module)))
        .Where(resource => !resource.TryGetProperty("existing", out var existing) || !existing.GetBoolean());

    [GeneratedRegex(@"'(District|AZURE_CLIENT_ID|APPLICATIONINSIGHTS_\w+?|\w+__\w+?)(?:__\{0\})?'")]
    private static partial Regex SettingNames();

    [GeneratedRegex("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex RoleId();
}

/// <summary>The template, compiled once, without an error and without a warning.</summary>
public sealed class CompiledTemplate : IAsyncLifetime
{
    public JsonElement Root { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var (code, output, said) = await Bicep.RunAsync("build", "main.bicep", "--stdout");
        Assert.Equal((0, ""), (code, said));
        Root = JsonDocument.Parse(output).RootElement;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
