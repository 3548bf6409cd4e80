using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SchoolSignal.Domain.District;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Functions.Hosting.Local;
using SchoolSignal.Testing;

namespace SchoolSignal.Functions.Tests.Local;

public sealed class LocalServicesTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Add_ForTheApp_ResolvesEveryFunctionClass()
    {
        var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        LocalServices.Add(services, new LocalOptions(folder.Path, DistrictId.Parse("d")) { SurvivesPowerCut = false });
        await using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true, ValidateOnBuild = true });
        await using var scope = provider.CreateAsyncScope();
        Assert.All(FunctionCatalogue.OfThisApp().Classes, type => Assert.NotNull(scope.ServiceProvider.GetService(type)));
    }

    [Fact]
    public async Task Build_ForTheApp_StartsAndStops()
    {
        using var host = LocalHost.Build(new LocalOptions(folder.Path, DistrictId.Parse("d"), Port: 0) { SurvivesPowerCut = false });
        await host.StartAsync();
        await host.StopAsync();
    }
}
