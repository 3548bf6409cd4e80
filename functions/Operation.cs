namespace SchoolSignal.Functions;

/// <summary>Puts an API function into the OpenAPI document, with a summary for the people who call it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperationAttribute(string summary) : Attribute
{
    public string Summary { get; } = summary;

    public string? Description { get; set; }
}

/// <summary>A query parameter of an API function.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class QueryParameterAttribute(string name, string description) : Attribute
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    public bool Required { get; set; }
}

/// <summary>What an API function takes as its body. Several: any of them.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RequestBodyAttribute(string contentType, string description) : Attribute
{
    public string ContentType { get; } = contentType;

    public string Description { get; } = description;
}

/// <summary>An answer of an API function.</summary>
/// <param name="contentType">Null for an answer without a body.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class AnswerAttribute(int status, string description, string? contentType = "application/json") : Attribute
{
    public int Status { get; } = status;

    public string Description { get; } = description;

    public string? ContentType { get; } = contentType;
}
