using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SchoolSignal.Pages.Reports;

namespace SchoolSignal.Pages;

/// <summary>What the pages need beside the domain's services.</summary>
public static class PageServices
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddLocalization(options => options.ResourcesPath = Words.Folder);
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "form";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.FormFieldName = "form-token";
            options.HeaderName = "X-Form-Token";
            // frame-ancestors says it.
            options.SuppressXFrameOptionsHeader = true;
        });
        services.AddSingleton<SiteAssets>();
        services.AddSingleton<PageCultures>();
        services.AddSingleton<Antiforgery>();
        services.AddSingleton<KeptReportBodies>();
        services.AddScoped<HtmlRenderer>();
        services.AddScoped<ReportBodies>();
        return services.AddScoped<PageRenderer>();
    }
}
