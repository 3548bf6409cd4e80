namespace SchoolSignal.Domain.Feeds.Csv;

/// <summary>What a text meant the last time, for columns that say the same row after row.</summary>
internal sealed class LastText<T>
    where T : struct
{
    private readonly char[] text = new char[32];
    private int length;
    private T meant;

    /// <param name="now">A text.</param>
    /// <param name="meaning">Of use only where the answer is yes.</param>
    public bool Is(ReadOnlySpan<char> now, out T meaning)
    {
        meaning = meant;
        return length > 0 && now.SequenceEqual(text.AsSpan(0, length));
    }

    public void Set(ReadOnlySpan<char> now, T meaning)
    {
        if (now.Length > text.Length) return;
        now.CopyTo(text);
        (length, meant) = (now.Length, meaning);
    }
}
