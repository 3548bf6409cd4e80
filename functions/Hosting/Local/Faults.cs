using Microsoft.AspNetCore.Http;

namespace SchoolSignal.Functions.Hosting.Local;

/// <summary>The host's own answers when no function could give one: a problem document (RFC 9457) in plain words.</summary>
internal static class Faults
{
    public static IResult TooLarge { get; } = Results.Problem(
        statusCode: StatusCodes.Status413PayloadTooLarge,
        title: "The upload is too large",
        detail: "At most 100 MB can be sent in one request. Put a larger file into the watched folder, or send it in parts.");

    public static IResult NotFound { get; } = Results.Problem(
        statusCode: StatusCodes.Status404NotFound,
        title: "There is nothing at this address");

    public static IResult BadRequest { get; } = Results.Problem(
        statusCode: StatusCodes.Status400BadRequest,
        title: "The request could not be read",
        detail: "It ended early or is not well-formed HTTP. Send it again.");

    public static IResult Unexpected(string reference) => Results.Problem(
        statusCode: StatusCodes.Status500InternalServerError,
        title: "Something went wrong on our side",
        detail: $"Nothing you sent is shown here. If it happens again, tell whoever runs SchoolSignal this reference: {reference}",
        extensions: new Dictionary<string, object?> { ["reference"] = reference });
}
