using System.Globalization;
using Microsoft.AspNetCore.Http;
using SchoolSignal.Domain.Observations;
using SchoolSignal.Pages.Observations;

namespace SchoolSignal.Functions.Observations;

/// <summary>Reads the fields of the observation form as they were typed.</summary>
internal static class FormFields
{
    public static TypedAnswers Answers(IFormCollection form) => new(
        [.. Enumerable.Range(1, Observation.ItemCount).Select(item => form[$"item-{item}"].ToString() is { Length: > 0 } answer ? answer : null)],
        form["note"].ToString());

    /// <summary>What is none of the answers on offer.</summary>
    public static IEnumerable<ObservationProblem> Unknown(TypedAnswers answers) =>
        from item in Enumerable.Range(1, Observation.ItemCount)
        where answers.Items[item - 1] is not (null or TypedAnswers.NotSeen or [>= '0' and <= '4'])
        select new ObservationProblem($"items.{item}", ObservationFault.ItemAnswer);

    public static DateOnly? Date(IFormCollection form) =>
        DateOnly.TryParseExact(form["date"].ToString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date : null;
}
