using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Functions.Hosting;

namespace SchoolSignal.Functions.District;

/// <summary>What no other function's route takes: the Functions host would answer an empty 404. It asks this route last, and keeps its own
/// addresses before it.</summary>
public sealed class NoSuchAddress
{
    [Function("NoSuchAddress")]
#pragma warning disable CA1822 // The hosts call functions on instances.
    public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous, "delete", "get", "head", "patch", "post", "put", Route = "{*path}")] HttpRequest request) => Faults.NotFound;
#pragma warning restore CA1822
}
