using Azure.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using SchoolSignal.Adapters.Sessions;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Adapters.Entra;

/// <summary>Registers sign-in with the district's tenant: the code flow for people, access tokens for the API.</summary>
public static class EntraServices
{
    /// <summary>Where sign-in comes back to, and where it ends.</summary>
    public const string CallbackPath = "/signin-oidc";
    public const string SignedOutPath = "/signout";
    public const string FailedPath = "/signin?failed=1";

    public static bool IsConfigured(IConfiguration configuration) => configuration.GetSection(EntraOptions.Section).Exists();

    /// <summary>Needs what <see cref="SessionServices"/> needs, and the domain's <see cref="StaffCallers"/>.</summary>
    public static IServiceCollection AddEntra(this IServiceCollection services, IConfiguration configuration, DistrictId district)
    {
        services.AddOptions<EntraOptions>().Bind(configuration.GetSection(EntraOptions.Section))
            .PostConfigure(options => options.PublicOrigin = configuration["PublicOrigin"] ?? options.PublicOrigin)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<EntraOptions>, EntraOptionsCheck>();
        services.AddSingleton(provider => PublicOrigin.TryParse(OptionsOf(provider).PublicOrigin, out var origin)
            ? origin : throw new OptionsValidationException(nameof(PublicOrigin), typeof(EntraOptions), ["PublicOrigin is missing."]));
        services.AddSingleton(provider => KeysOf(OptionsOf(provider)));
        services.TryAddSingleton(provider => new RegistrationProof(ManagedIdentityId.FromUserAssignedClientId(OptionsOf(provider).ManagedIdentityClientId)));
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<ICallerResolver, EntraCallerResolver>();
        // The handler writes down what the tenant said of a failed sign-in, and the tenant says whose it was.
        services.Configure<LoggerFilterOptions>(log => log.AddFilter("Microsoft.AspNetCore.Authentication", LogLevel.None));

        var secure = !PublicOrigin.TryParse(configuration["PublicOrigin"], out var at) || at.IsSecure;
        services.AddSessions(district, new SessionSettings(secure, "/signin")).AddOpenIdConnect();
        services.Configure<AuthenticationOptions>(options => options.DefaultChallengeScheme = OpenIdConnectDefaults.AuthenticationScheme);
        services.AddOptions<OpenIdConnectOptions>(OpenIdConnectDefaults.AuthenticationScheme)
            .Configure<IOptions<EntraOptions>, ConfigurationManager<OpenIdConnectConfiguration>, PublicOrigin>(
                (options, entra, keys, origin) => Configure(options, entra.Value, keys, origin));
        return services;
    }

    private static EntraOptions OptionsOf(IServiceProvider provider) => provider.GetRequiredService<IOptions<EntraOptions>>().Value;

    /// <summary>One for the code flow and the API: a key the tenant rolled over is fetched once for both.</summary>
    private static ConfigurationManager<OpenIdConnectConfiguration> KeysOf(EntraOptions options) => new(
        $"{options.Authority}/.well-known/openid-configuration",
        new OpenIdConnectConfigurationRetriever(),
        new HttpDocumentRetriever { RequireHttps = options.Instance.StartsWith("https:", StringComparison.OrdinalIgnoreCase) })
    {
        AutomaticRefreshInterval = options.KeysKept,
        RefreshInterval = options.KeysPause,
    };

    private static void Configure(
        OpenIdConnectOptions options, EntraOptions entra, ConfigurationManager<OpenIdConnectConfiguration> keys, PublicOrigin origin)
    {
        options.SignInScheme = CookieAuthenticationDefaults.AuthenticationScheme;
        options.Authority = entra.Authority;
        options.ConfigurationManager = keys;
        options.RequireHttpsMetadata = entra.Instance.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        options.ClientId = entra.ClientId;
        options.ClientSecret = entra.ClientSecret.Length > 0 ? entra.ClientSecret : null;
        options.ResponseType = OpenIdConnectResponseType.Code;
        // By query, so that the answer is a navigation that Lax cookies go with; a posted form would need SameSite=None.
        options.ResponseMode = OpenIdConnectResponseMode.Query;
        options.UsePkce = true;
        options.Scope.Clear();
        options.Scope.Add("openid");
        options.Scope.Add("profile");
        options.MapInboundClaims = false;
        options.SaveTokens = false;
        options.GetClaimsFromUserInfoEndpoint = false;
        options.CallbackPath = CallbackPath;
        options.RemoteSignOutPath = PathString.Empty;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidAlgorithms = [SecurityAlgorithms.RsaSha256],
            ValidIssuer = entra.Authority,
            ValidAudience = entra.ClientId,
            NameClaimType = EntraClaims.ObjectId,
            RoleClaimType = EntraClaims.Roles,
        };
        SetCookie(options.CorrelationCookie, "Correlation.", origin);
        SetCookie(options.NonceCookie, "Nonce.", origin);
        options.Events.OnRedirectToIdentityProvider = context =>
        {
            context.ProtocolMessage.RedirectUri = origin.Link(CallbackPath).AbsoluteUri;
            return Task.CompletedTask;
        };
        options.Events.OnRedirectToIdentityProviderForSignOut = context =>
        {
            context.ProtocolMessage.PostLogoutRedirectUri = origin.Link(SignedOutPath).AbsoluteUri;
            return Task.CompletedTask;
        };
        options.Events.OnAuthorizationCodeReceived = async context =>
        {
            if (entra.ClientSecret.Length > 0 || context.TokenEndpointRequest is not { } request) return;
            request.ClientAssertionType = RegistrationProof.Type;
            request.ClientAssertion = await context.HttpContext.RequestServices.GetRequiredService<RegistrationProof>().GetAsync(context.HttpContext.RequestAborted);
        };
        options.Events.OnTokenValidated = context =>
        {
            // The handler takes an unsigned token from the token endpoint, as the specification lets it. We do not.
            if (context.SecurityToken is { Header.Alg: SecurityAlgorithms.RsaSha256 }
                && context.Principal?.FindFirst(EntraClaims.Tenant)?.Value == entra.Tenant
                && EntraClaims.AccountOf([.. context.Principal.Claims]) is { } account)
                // What the cookie keeps: the account and its roles, no name and no token.
                context.Principal = SessionClaims.PrincipalOf(account);
            else
                context.Fail("The account is not of this tenant.");
            return Task.CompletedTask;
        };
        options.Events.OnRemoteFailure = context =>
        {
            context.Response.Redirect(FailedPath);
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    private static void SetCookie(CookieBuilder cookie, string name, PublicOrigin origin)
    {
        cookie.Name = origin.IsSecure ? $"__Host-{name}" : name;
        cookie.Path = "/";
        cookie.SameSite = SameSiteMode.Lax;
        cookie.SecurePolicy = origin.IsSecure ? CookieSecurePolicy.Always : CookieSecurePolicy.None;
    }
}
