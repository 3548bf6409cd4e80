using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SchoolSignal.Functions.SignIn;

/// <summary>Where to go after signing in: a page of ours that was asked for, never another site.</summary>
internal static class ReturnAddress
{
    public const string Parameter = "returnUrl";

    public static string Of(HttpRequest request) => Checked(request.Query[Parameter].ToString());

    /// <summary>The address if it is a path of ours outside of sign-in itself, else the start page.</summary>
    public static string Checked(string? address) =>
        address is ['/', ..] && RedirectHttpResult.IsLocalUrl(address) && !address.StartsWith("/sign", StringComparison.OrdinalIgnoreCase)
            ? address
            : "/";

    /// <summary>The sign-in page, to come back to what is asked for now.</summary>
    public static string SignInFor(HttpRequest request) => $"/signin?{Parameter}={Uri.EscapeDataString(request.Path + request.QueryString)}";
}
