using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using SchoolSignal.Domain.Ports;

namespace SchoolSignal.Domain.Auditing;

/// <summary>Tells whether two sets of rows, met in different orders and too large to hold, are the same: the sum of their
/// rows' hashes.</summary>
internal sealed class IndexSum
{
    private UInt128 sum;

    public bool IsEven => sum == 0;

    public void Add(RowKey key, ReadOnlySpan<byte> body) => sum += Of(key, body);

    public void Take(RowKey key, ReadOnlySpan<byte> body) => sum -= Of(key, body);

    private static UInt128 Of(RowKey key, ReadOnlySpan<byte> body)
    {
        var length = Encoding.UTF8.GetByteCount(key.Value);
        var input = new byte[length + 1 + body.Length];
        Encoding.UTF8.GetBytes(key.Value, input);
        body.CopyTo(input.AsSpan(length + 1));
        return BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(input));
    }
}
