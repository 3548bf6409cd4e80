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

    /// <summary>Of a form that its observer handed in under an idempotency key: a key is the submitter's own.</summary>
    public static ObservationId OfSubmission(string observer, string key) => new(Hash(new StringBuilder("submission\n").Append(observer).Append('\n').Append(key)));

    /// <summary>A hash of all that was sent, to tell a repeat from another form under the same key.</summary>
    public static string ContentOf(ObservationDraft draft)
    {
        var text = new StringBuilder("content\n").Append(draft.Student).Append('\n')
            .Append(draft.Date?.ToString("yyyyMMdd", CultureInfo.InvariantCulture)).Append('\n')
            .Append(ObservationRow.Pack(draft.Items)).Append('\n').Append(ObservationNote.Clean(draft.Note));
        return Hash(text).ToString("N");
    }

    /// <summary>The id of a concern: whom it is about, when, by whom and what was said, and the sender's key. Two that differ in any
    /// of these are two concerns: under a key used by mistake for a second one, none is lost.</summary>
    public static Guid OfConcern(StudentKey student, DateOnly date, string? observer, string? note, string? senderKey)
    {
        var text = new StringBuilder();
        text.Append("concern\n").Append(student).Append('\n').Append(date.ToString("yyyyMMdd", CultureInfo.InvariantCulture)).Append('\n');
        text.Append(senderKey).Append('\n').Append(observer).Append('\n').Append(note);
        return Hash(text);
    }

    private static Guid Hash(StringBuilder text)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()), hash);
        return new Guid(hash[..16]);
    }
}
