namespace SchoolSignal.Domain.Students;

/// <summary>A random 128-bit key that stands for a pupil everywhere but in the directory, which alone ties it to a
/// <see cref="StudentUniqueId"/> and a name.</summary>
public readonly record struct StudentKey(Guid Value) : IComparable<StudentKey>
{
    public const int Size = 16;

    public static StudentKey New() => new(Guid.NewGuid());

    public bool IsEmpty => Value == Guid.Empty;

    public static StudentKey Parse(string text) => new(Guid.ParseExact(text, "N"));

    public int CompareTo(StudentKey other) => Value.CompareTo(other.Value);

    /// <summary>Thirty-two lower-case hex digits.</summary>
    public override string ToString() => Value.ToString("N");

    public static bool operator <(StudentKey left, StudentKey right) => left.CompareTo(right) < 0;

    public static bool operator >(StudentKey left, StudentKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(StudentKey left, StudentKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(StudentKey left, StudentKey right) => left.CompareTo(right) >= 0;
}
