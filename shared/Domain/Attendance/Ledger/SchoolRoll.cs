using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using SchoolSignal.Domain.Calendars;
using SchoolSignal.Domain.District;
using SchoolSignal.Domain.Students;

namespace SchoolSignal.Domain.Attendance.Ledger;

/// <summary>Who is on a school's roll in a year, found by StudentUniqueId without hashing each row of a feed with a secret:
/// the ids come sealed from the directory once per import.</summary>
public sealed class SchoolRoll
{
    private readonly List<RegisterSlot?> slots;
    private readonly byte[][] ids;
    private readonly int[] table;
    private readonly int mask;

    /// <param name="slots">By slot index (block × 64 + slot).</param>
    /// <param name="ids">UTF-8 StudentUniqueIds by slot index; empty where the slot is free.</param>
    public SchoolRoll(SchoolId school, SchoolYear year, List<RegisterSlot?> slots, byte[][] ids)
    {
        School = school;
        Year = year;
        this.slots = slots;
        this.ids = ids;
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, ids.Length * 2));
        table = new int[size];
        mask = size - 1;
        for (var i = 0; i < ids.Length; i++)
        {
            if (ids[i].Length == 0) continue;
            var at = Hash(ids[i]) & mask;
            while (table[at] != 0) at = (at + 1) & mask;
            table[at] = i + 1;
        }
    }

    public SchoolId School { get; }

    public SchoolYear Year { get; }

    /// <summary>Slots given so far, free ones included.</summary>
    public int SlotCount => slots.Count;

    public int BlockCount => (slots.Count + RegisterBlock.Width - 1) / RegisterBlock.Width;

    public RegisterSlot? this[int slotIndex] => slots[slotIndex];

    /// <summary>The id in a slot, as UTF-8.</summary>
    public ReadOnlySpan<byte> IdAt(int slotIndex) => ids[slotIndex];

    /// <summary>The pupil's slot index, or -1 if not on this roll. Allocates nothing.</summary>
    public int Find(ReadOnlySpan<byte> studentUniqueId)
    {
        var at = Hash(studentUniqueId) & mask;
        while (table[at] != 0)
        {
            var candidate = table[at] - 1;
            if (studentUniqueId.SequenceEqual(ids[candidate])) return candidate;
            at = (at + 1) & mask;
        }
        return -1;
    }

    public IEnumerable<(int SlotIndex, RegisterSlot Slot)> Pupils()
    {
        for (var i = 0; i < slots.Count; i++)
            if (slots[i] is { } slot) yield return (i, slot);
    }

    /// <summary>Tells two rolls apart: who is on them, and from when to when.</summary>
    public string Fingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var block = 0; block < BlockCount; block++) hash.AppendData(BlockRow.Write(Block(block)));
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
    }

    /// <summary>The slots of a block as the register wants them.</summary>
    public RegisterSlot?[] Block(int block)
    {
        var result = new RegisterSlot?[RegisterBlock.Width];
        for (var i = 0; i < RegisterBlock.Width && (block * RegisterBlock.Width) + i < slots.Count; i++)
            result[i] = slots[(block * RegisterBlock.Width) + i];
        return result;
    }

    // Multiply-and-rotate over words of eight bytes. Ids come from the district's own system, and the table is rebuilt for
    // every batch, so a seed against hostile collisions is not worth its time.
    private static int Hash(ReadOnlySpan<byte> id)
    {
        const ulong Multiplier = 0x9E3779B97F4A7C15UL;
        var hash = (ulong)id.Length * Multiplier;
        while (id.Length >= 8)
        {
            hash = BitOperations.RotateLeft((hash ^ MemoryMarshal.Read<ulong>(id)) * Multiplier, 29);
            id = id[8..];
        }
        ulong tail = 0;
        foreach (var b in id) tail = (tail << 8) | b;
        hash = (hash ^ tail) * Multiplier;
        return (int)(hash >> 33);
    }
}
