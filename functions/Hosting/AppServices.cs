using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Domain.Attendance.Ledger;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Feeds;
using SchoolSignal.Domain.Messaging;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Domain.Students;
using SchoolSignal.Functions.Hosting.Catalogue;
using SchoolSignal.Pages;

namespace SchoolSignal.Functions.Hosting;

/// <summary>What both hosts register beside their adapters: the function classes and the domain services behind them.
/// The ports and TimeProvider come from the host.</summary>
public static class AppServices
{
    public static IServiceCollection AddSchoolSignal(this IServiceCollection services, FunctionCatalogue catalogue, DistrictId district)
    {
        services.AddSingleton(catalogue);
        foreach (var type in catalogue.Classes) services.AddScoped(type);
        services.AddSingleton<SiteAssets>();
        services.AddScoped<HtmlRenderer>();
        services.AddScoped<PageRenderer>();
        return services.AddDomain(district);
    }

    private static IServiceCollection AddDomain(this IServiceCollection services, DistrictId district) => services
        .AddSingleton(typeof(DistrictId), district)
        .AddSingleton<PupilPartitions>()
        .AddSingleton<Outbox>()
        .AddSingleton<DistrictSettingsStore>()
        .AddSingleton<DirectoryKeys>()
        .AddSingleton<StudentDirectory>()
        .AddSingleton<SchoolRolls>()
        .AddSingleton<Enrollments>()
        .AddSingleton<FeedStore>()
        .AddSingleton<FeedIntake>()
        .AddSingleton<ObservationStore>();
}
