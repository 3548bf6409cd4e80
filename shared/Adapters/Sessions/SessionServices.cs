using System.Globalization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Adapters.Sessions;

/// <summary>How sessions are kept.</summary>
/// <param name="Secure">People come by https: the cookie is <c>__Host-</c> and only sent there. False for http on this machine.</param>
/// <param name="SignInPath">Where the cookie handler sends somebody to sign in; another scheme may take that over.</param>
public sealed record SessionSettings(bool Secure, string SignInPath);

/// <summary>Registers the session cookie and the keys that seal it.</summary>
public static class SessionServices
{
    /// <summary>A session ends after this long without a request. Inclusive.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(1);

    /// <summary>And this long after signing in, whatever is done in it: the account's roles are then asked for anew. Inclusive.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    private const string SignedInAt = "signed-in-at";

    /// <summary>Needs <see cref="IFileArchive"/>, the directory's keys and a <see cref="TimeProvider"/>.</summary>
    public static AuthenticationBuilder AddSessions(this IServiceCollection services, DistrictId district, SessionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        services.AddDataProtection().SetApplicationName($"schoolsignal {district}");
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options =>
        {
            options.XmlRepository = new SessionKeys(provider.GetRequiredService<IFileArchive>());
            options.XmlEncryptor = new SessionKeySeal(provider.GetRequiredService<DirectoryKeys>());
        }));
        return services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(options =>
        {
            options.Cookie.Name = settings.Secure ? "__Host-SchoolSignal" : "SchoolSignal";
            options.Cookie.SecurePolicy = settings.Secure ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
            options.Cookie.Path = "/";
            options.Cookie.HttpOnly = true;
            // Lax, so that a link in a mail opens the page for somebody already signed in.
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.ExpireTimeSpan = Idle;
            options.SlidingExpiration = true;
            options.LoginPath = settings.SignInPath;
            options.ReturnUrlParameter = "returnUrl";
            options.Events.OnSigningIn = context =>
            {
                context.Properties.Items[SignedInAt] = ClockOf(context.Options).GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
                return Task.CompletedTask;
            };
            options.Events.OnValidatePrincipal = context =>
            {
                if (!IsFresh(context.Properties, ClockOf(context.Options).GetUtcNow())) context.RejectPrincipal();
                return Task.CompletedTask;
            };
        });
    }

    private static bool IsFresh(AuthenticationProperties properties, DateTimeOffset now) =>
        properties.Items.TryGetValue(SignedInAt, out var text)
        && long.TryParse(text, CultureInfo.InvariantCulture, out var at)
        && now - DateTimeOffset.FromUnixTimeSeconds(at) <= Longest;

    private static TimeProvider ClockOf(AuthenticationSchemeOptions options) => options.TimeProvider ?? TimeProvider.System;
}
