using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.District;

/// <summary>The OpenAPI document of the API, for those who connect a system to it.</summary>
public sealed class OpenApiDocument(FunctionCatalogue catalogue)
{
    [Function("OpenApiDocument")]
    [Operation("This document")]
    [Answer(200, "The OpenAPI 3.1 document.")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/openapi.json")] HttpRequest request) =>
        Results.Content(OpenApi.Write(catalogue).ToJsonString(OpenApi.Indented), "application/json; charset=utf-8");
}
