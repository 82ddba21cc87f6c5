using System.Buffers;
using System.Text;

namespace Nexus.Backend.Http2.Hpack;

/// <summary>Decodes the header blocks of one connection in their order: RFC 7541. Text is Latin-1.</summary>
internal sealed class HpackDecoder
{
    /// <summary>Bytes that the dynamic table may have: what every peer may assume that is told nothing else.</summary>
    public const int MostTableSize = 4096;

    private const int EntryOverhead = 32;

    // Newest last, so that adding one moves nothing.
    private readonly List<KeyValuePair<string, string>> _table = [];
    private int _oldest;
    private int _tableSize;
    private int _tableLimit = MostTableSize;

    /// <summary>Decodes one block.</summary>
    /// <param name="block">All of it.</param>
    /// <param name="fields">Gets its fields.</param>
    /// <exception cref="HpackException">It is not well-formed.</exception>
    public void Decode(ReadOnlySpan<byte> block, IHeaderReceiver fields)
    {
        var begun = false;
        while (!block.IsEmpty)
        {
            var first = block[0];
            if ((first & 0xe0) == 0x20)
            {
                var size = ReadInteger(ref block, 5);
                LimitTable(begun ? throw HpackException.LateTableSize() : size);
                continue;
            }

            begun = true;
            if ((first & 0x80) != 0)
            {
                var (name, value) = Get(ReadInteger(ref block, 7));
                fields.OnHeader(name, value);
                continue;
            }

            var isKept = (first & 0xc0) == 0x40;
            var index = ReadInteger(ref block, isKept ? 6 : 4);
            var field = new KeyValuePair<string, string>(index == 0 ? ReadString(ref block) : Get(index).Key, ReadString(ref block));
            if (isKept)
            {
                Keep(field);
            }

            fields.OnHeader(field.Key, field.Value);
        }
    }

    private KeyValuePair<string, string> Get(int index)
    {
        if (index is 0 || index > HpackStaticTable.Count + _table.Count - _oldest)
        {
            throw HpackException.BadIndex(index);
        }

        return index <= HpackStaticTable.Count ? HpackStaticTable.Get(index) : _table[^(index - HpackStaticTable.Count)];
    }

    private void Keep(KeyValuePair<string, string> field)
    {
        var size = SizeOf(field);
        MakeRoom(_tableLimit - size);
        if (size <= _tableLimit)
        {
            _table.Add(field);
            _tableSize += size;
        }
    }

    private void LimitTable(int bytes)
    {
        if (bytes > MostTableSize)
        {
            throw HpackException.TableTooLarge(bytes, MostTableSize);
        }

        _tableLimit = bytes;
        MakeRoom(bytes);
    }

    private void MakeRoom(int bytes)
    {
        while (_tableSize > bytes && _oldest < _table.Count)
        {
            _tableSize -= SizeOf(_table[_oldest]);
            _table[_oldest++] = default;
        }

        if (2 * _oldest > _table.Count)
        {
            _table.RemoveRange(0, _oldest);
            _oldest = 0;
        }
    }

    private static int SizeOf(KeyValuePair<string, string> field) => field.Key.Length + field.Value.Length + EntryOverhead;

    private static int ReadInteger(ref ReadOnlySpan<byte> block, int bits)
    {
        var mask = (1 << bits) - 1;
        var value = Next(ref block) & mask;
        if (value < mask)
        {
            return value;
        }

        for (var shift = 0; shift <= 21; shift += 7)
        {
            var more = Next(ref block);
            value += (more & 0x7f) << shift;
            if ((more & 0x80) == 0)
            {
                return value;
            }
        }

        throw HpackException.BadInteger();
    }

    private static string ReadString(ref ReadOnlySpan<byte> block)
    {
        var isHuffman = !block.IsEmpty && (block[0] & 0x80) != 0;
        var length = ReadInteger(ref block, 7);
        if (length > block.Length)
        {
            throw HpackException.Incomplete();
        }

        var encoded = block[..length];
        block = block[length..];
        if (!isHuffman)
        {
            return Encoding.Latin1.GetString(encoded);
        }

        var decoded = ArrayPool<byte>.Shared.Rent((length * 8 / 5) + 1);
        try
        {
            return Encoding.Latin1.GetString(decoded, 0, HuffmanCode.Decode(encoded, decoded));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(decoded);
        }
    }

    private static byte Next(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
        {
            throw HpackException.Incomplete();
        }

        var next = block[0];
        block = block[1..];
        return next;
    }
}
