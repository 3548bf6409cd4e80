namespace SchoolSignal.Pages;

/// <summary>A form as it is shown: what stands in its fields, and what is wrong with them.</summary>
/// <param name="Values">Text by field name: as stored, or as typed when the form comes back.</param>
/// <param name="Errors">Words by field name, of the page's language.</param>
public sealed record FormState(IReadOnlyDictionary<string, string> Values, IReadOnlyDictionary<string, FormError> Errors)
{
    public static FormState Of(IReadOnlyDictionary<string, string> values) => new(values, new Dictionary<string, FormError>());

    public bool HasErrors => Errors.Count > 0;

    public string Value(string field) => Values.GetValueOrDefault(field, "");

    /// <summary>Whether a choice of several of one name is made; choices are kept with line feeds between.</summary>
    public bool IsChosen(string field, string choice) => Value(field).Split('\n').Contains(choice);

    public FormError? Error(string field) => Errors.GetValueOrDefault(field);
}

/// <param name="Key">Of its words.</param>
/// <param name="Detail">Fills <c>{0}</c> of the words.</param>
public sealed record FormError(string Key, string Detail = "");
