using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Observations;

/// <summary>Ids that a form sent twice gets twice. They are made of the random StudentKey, never of a StudentUniqueId, so
/// nobody can work back to the pupil by trying ids.</summary>
public static class ObservationIds
{
    /// <summary>From the sender's key where there is one, else from the whole content.</summary>
    public static ObservationId Of(StudentKey student, SchoolId school, DateOnly date, string observer, IReadOnlyList<byte?> items, string? senderKey)
    {
        var text = new StringBuilder();
        text.Append(student).Append('\n').Append(date.ToString("yyyyMMdd", CultureInfo.InvariantCulture)).Append('\n');
        if (senderKey is not null)
        {
            text.Append("key\n").Append(senderKey);
        }
        else
        {
            text.Append("form\n").Append(school.Value).Append('\n').Append(observer).Append('\n');
            foreach (var item in items) text.Append(item is { } answer ? (char)('0' + answer) : '-');
        }
        return new ObservationId(Hash(text));
    }

    /// <summary>The id of a concern: the sender's key, else what was said, by whom and when.</summary>
    public static Guid OfConcern(StudentKey student, DateOnly date, string? observer, string? note, string? senderKey)
    {
        var text = new StringBuilder();
        text.Append("concern\n").Append(student).Append('\n').Append(date.ToString("yyyyMMdd", CultureInfo.InvariantCulture)).Append('\n');
        if (senderKey is not null) text.Append("key\n").Append(senderKey);
        else text.Append(observer).Append('\n').Append(note);
        return Hash(text);
    }

    private static Guid Hash(StringBuilder text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return new Guid(hash[..16]);
    }
}
