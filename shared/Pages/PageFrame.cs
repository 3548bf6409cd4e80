using System.Globalization;
using SchoolSignal.Domain.District;

namespace SchoolSignal.Pages;

/// <summary>What every page knows beside its own model; cascades to all components of the page.</summary>
/// <param name="District">The district's display name; empty where it has none yet.</param>
/// <param name="Culture">The language of the page; dates and numbers follow it.</param>
/// <param name="Languages">All there are, for the switch.</param>
/// <param name="Zone">The district's time zone; moments are shown in it.</param>
/// <param name="Caller">Whom the page is for; decides what the navigation offers, never what is allowed.</param>
/// <param name="Address">Path and query of the page, to come back to.</param>
/// <param name="FormToken">Makes the hidden field that proves a form to be ours, and sets its cookie.</param>
public sealed record PageFrame(
    string District, CultureInfo Culture, IReadOnlyList<CultureInfo> Languages, TimeZoneInfo Zone, Caller Caller, string Address, Func<FormField> FormToken);

/// <summary>A field of a form.</summary>
public sealed record FormField(string Name, string Value);
