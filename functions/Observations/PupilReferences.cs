using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.WebUtilities;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Functions.Observations;

/// <summary>How far a form has come, or what else a pupil was found for; a reference of one is none of another.</summary>
public enum FormStep
{
    /// <summary>The pupil is chosen.</summary>
    Chosen,
    /// <summary>The safeguarding question was answered with no.</summary>
    Asked,
    /// <summary>It was answered with yes: the stop page.</summary>
    Concern,
    /// <summary>No form: a pupil an administrator found for subject access.</summary>
    SubjectAccess,
    /// <summary>No form: a pupil an administrator found for a counsellor's caseload.</summary>
    Caseload,
}

/// <summary>What a reference stands for.</summary>
/// <param name="Form">Names one form, so that sending it twice is sending it once.</param>
public sealed record FormReference(StudentKey Student, Guid Form);

/// <summary>References to pupils in pages and addresses: encrypted, of one caller and one step, and short-lived. They say nothing
/// to anybody else, and the gate is asked again each time one comes back.</summary>
public sealed class PupilReferences(IDataProtectionProvider protection)
{
    /// <summary>A form may lie open over a school day; what it refers to is still asked of the gate.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    public string Of(FormReference reference, Caller caller, FormStep step)
    {
        Span<byte> plain = stackalloc byte[2 * StudentKey.Size];
        reference.Student.Value.TryWriteBytes(plain);
        reference.Form.TryWriteBytes(plain[StudentKey.Size..]);
        return WebEncoders.Base64UrlEncode(ProtectorOf(caller, step).Protect(plain.ToArray(), Lifetime));
    }

    /// <summary>False for one that is too old, of another caller or step, or made up.</summary>
    public bool TryRead(string? text, Caller caller, FormStep step, [NotNullWhen(true)] out FormReference? reference)
    {
        reference = null;
        if (text is not { Length: > 0 and < 1_000 }) return false;
        try
        {
            var plain = ProtectorOf(caller, step).Unprotect(WebEncoders.Base64UrlDecode(text));
            reference = new FormReference(new StudentKey(new Guid(plain.AsSpan(0, StudentKey.Size))), new Guid(plain.AsSpan(StudentKey.Size)));
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException)
        {
            return false;
        }
    }

    private ITimeLimitedDataProtector ProtectorOf(Caller caller, FormStep step) =>
        protection.CreateProtector("observation form", step.ToString(), caller.Id.Value).ToTimeLimitedDataProtector();
}
