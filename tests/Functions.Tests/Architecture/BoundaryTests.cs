using System.Reflection;
using NetArchTest.Rules;

namespace SchoolSignal.Functions.Tests.Architecture;

/// <summary>The three rooms of design.md: trigger, domain service, port; each knows only the next.</summary>
public sealed class BoundaryTests
{
    private const string Domain = "SchoolSignal.Domain";
    private const string Ports = "SchoolSignal.Domain.Ports";
    private const string Adapters = "SchoolSignal.Adapters";
    private const string LocalHosting = "SchoolSignal.Functions.Hosting.Local";

    private static readonly Assembly DomainAssembly = typeof(Domain.District.DistrictId).Assembly;
    private static readonly Assembly FunctionsAssembly = typeof(OperationAttribute).Assembly;
    private static readonly Assembly PagesAssembly = typeof(Pages.SecureHeaders).Assembly;

    [Fact]
    public void Domain_OfAnyType_KnowsNoOutsideWorld() => AssertHolds(
        Types.InAssembly(DomainAssembly).ShouldNot().HaveDependencyOnAny(
            Adapters, "SchoolSignal.Functions", "SchoolSignal.Pages", "Azure", "Microsoft.Azure", "Microsoft.Graph", "Microsoft.AspNetCore",
            "Microsoft.Data", "Microsoft.Extensions", "SQLitePCL", "System.Data.SqlClient", "System.Net.Http", "System.Net.Sockets"));

    [Fact]
    public void Domain_Interfaces_ArePorts() => AssertHolds(
        Types.InAssembly(DomainAssembly).That().AreInterfaces().Should().ResideInNamespace(Ports));

    [Fact]
    public void TriggerClasses_OfAnyFolder_KnowNoAdapterAndNoHost() => AssertHolds(
        Types.InAssembly(FunctionsAssembly)
            .That().DoNotResideInNamespaceStartingWith("SchoolSignal.Functions.Hosting")
            .And().ResideInNamespaceStartingWith("SchoolSignal.Functions")
            .ShouldNot().HaveDependencyOnAny(Adapters, LocalHosting, "Microsoft.Data", "System.Net.Http"));

    [Fact]
    public void Catalogue_SharedByBothHosts_KnowsNoAdapterAndNoHost() => AssertHolds(
        Types.InAssembly(FunctionsAssembly).That().ResideInNamespaceStartingWith("SchoolSignal.Functions.Hosting.Catalogue")
            .ShouldNot().HaveDependencyOnAny(Adapters, LocalHosting));

    [Fact]
    public void Pages_OfAnyType_KnowNoAdapter() => AssertHolds(
        Types.InAssembly(PagesAssembly).ShouldNot().HaveDependencyOnAny(Adapters, "SchoolSignal.Functions", "Microsoft.Data"));

    [Fact]
    public void References_OfDomain_AreNoAdapterPackages() =>
        Assert.DoesNotContain(
            DomainAssembly.GetReferencedAssemblies(),
            reference => reference.Name!.StartsWith("Azure", StringComparison.Ordinal)
                || reference.Name.StartsWith("Microsoft.Data", StringComparison.Ordinal)
                || reference.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));

    private static void AssertHolds(ConditionList condition)
    {
        var result = condition.GetResult();
        Assert.True(result.IsSuccessful, "Breaks the rule: " + string.Join(", ", result.FailingTypeNames ?? []));
    }
}
