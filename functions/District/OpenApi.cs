using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing.Patterns;
using SchoolSignal.Functions.Hosting.Catalogue;

namespace SchoolSignal.Functions.District;

/// <summary>Writes the OpenAPI 3.1 document from the catalogue: every HTTP function that carries an
/// <see cref="OperationAttribute"/>. Pages carry none and are left out.</summary>
internal static class OpenApi
{
    public static JsonSerializerOptions Indented { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        // The document is read by people as JSON, never put into a page.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private const string ProblemSchema = "#/components/schemas/Problem";

    public static JsonObject Write(FunctionCatalogue catalogue)
    {
        var paths = new JsonObject();
        foreach (var function in catalogue.Functions)
        {
            if (function.Trigger is not TriggerBinding.Http http) continue;
            if (function.Method.GetCustomAttribute<OperationAttribute>() is not { } operation) continue;
            var path = PathOf(http);
            if (paths[path] is not JsonObject methods) paths[path] = methods = [];
            foreach (var method in http.Methods)
                methods[method.ToLowerInvariant()] = Describe(function, http, operation);
        }
        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "SchoolSignal",
                ["description"] = "Early signs of social withdrawal, from attendance and teachers' observations, for a person to look at. "
                    + "It screens; it never diagnoses. It is not the statutory register.",
                ["version"] = typeof(OpenApi).Assembly.GetName().Version?.ToString(3),
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = new JsonObject { ["Problem"] = Problem() } },
        };
    }

    private static JsonObject Describe(FunctionBinding function, TriggerBinding.Http http, OperationAttribute operation)
    {
        var described = new JsonObject
        {
            ["operationId"] = function.Name,
            ["tags"] = new JsonArray(function.Class.Namespace!.Split('.')[^1]),
            ["summary"] = operation.Summary,
        };
        if (operation.Description is not null) described["description"] = operation.Description;
        var parameters = Parameters(function, http);
        if (parameters.Count > 0) described["parameters"] = parameters;
        if (Body(function) is { } body) described["requestBody"] = body;
        described["responses"] = Responses(function);
        return described;
    }

    private static JsonArray Parameters(FunctionBinding function, TriggerBinding.Http http)
    {
        var parameters = new JsonArray();
        foreach (var value in RoutePatternFactory.Parse(http.Route).Parameters)
        {
            var type = function.Parameters.FirstOrDefault(p => string.Equals(p.Name, value.Name, StringComparison.OrdinalIgnoreCase))?.ParameterType;
            parameters.Add(new JsonObject
            {
                ["name"] = value.Name,
                ["in"] = "path",
                ["required"] = true,
                ["schema"] = SchemaOf(type ?? typeof(string)),
            });
        }
        foreach (var query in function.Method.GetCustomAttributes<QueryParameterAttribute>())
            parameters.Add(new JsonObject
            {
                ["name"] = query.Name,
                ["in"] = "query",
                ["required"] = query.Required,
                ["description"] = query.Description,
                ["schema"] = SchemaOf(typeof(string)),
            });
        return parameters;
    }

    private static JsonObject? Body(FunctionBinding function)
    {
        var bodies = function.Method.GetCustomAttributes<RequestBodyAttribute>().ToList();
        if (bodies.Count == 0) return null;
        var content = new JsonObject();
        foreach (var body in bodies) content[body.ContentType] = new JsonObject();
        return new JsonObject
        {
            ["required"] = true,
            ["description"] = string.Join(" ", bodies.Select(b => b.Description).Distinct()),
            ["content"] = content,
        };
    }

    private static JsonObject Responses(FunctionBinding function)
    {
        var responses = new JsonObject();
        foreach (var answer in function.Method.GetCustomAttributes<AnswerAttribute>().OrderBy(a => a.Status))
        {
            var response = new JsonObject { ["description"] = answer.Description };
            var type = answer.Status >= 400 ? "application/problem+json" : answer.ContentType;
            if (type is not null)
                response["content"] = new JsonObject
                {
                    [type] = answer.Status >= 400 ? new JsonObject { ["schema"] = new JsonObject { ["$ref"] = ProblemSchema } } : [],
                };
            responses[answer.Status.ToString(System.Globalization.CultureInfo.InvariantCulture)] = response;
        }
        responses["default"] = new JsonObject
        {
            ["description"] = "A fault of the service, with a reference to report.",
            ["content"] = new JsonObject { ["application/problem+json"] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = ProblemSchema } } },
        };
        return responses;
    }

    private static JsonObject SchemaOf(Type type) =>
        type == typeof(Guid) ? new JsonObject { ["type"] = "string", ["format"] = "uuid" }
        : type == typeof(DateOnly) ? new JsonObject { ["type"] = "string", ["format"] = "date" }
        : type == typeof(int) || type == typeof(long) ? new JsonObject { ["type"] = "integer" }
        : new JsonObject { ["type"] = "string" };

    private static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "What went wrong, in words (RFC 9457).",
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string" },
            ["title"] = new JsonObject { ["type"] = "string" },
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = new JsonObject { ["type"] = "string" },
            ["reference"] = new JsonObject { ["type"] = "string", ["description"] = "To be named when reporting a fault." },
        },
    };

    // OpenAPI knows no constraints in a path: /api/feeds/{feedId:guid} is /api/feeds/{feedId}.
    private static string PathOf(TriggerBinding.Http http) =>
        "/" + string.Join('/', RoutePatternFactory.Parse(http.Route).PathSegments.Select(segment =>
            string.Concat(segment.Parts.Select(part => part switch
            {
                RoutePatternLiteralPart literal => literal.Content,
                RoutePatternSeparatorPart separator => separator.Content,
                RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
                _ => "",
            }))));
}
