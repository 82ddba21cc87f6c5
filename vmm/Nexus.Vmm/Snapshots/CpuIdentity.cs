using System.Security.Cryptography;
using Nexus.Vmm.Interop;

namespace Nexus.Vmm.Snapshots;

/// <summary>What kind of processor a snapshot needs: a digest of the features its guest was told.</summary>
internal static class CpuIdentity
{
    public static byte[] Of(CpuidTable cpuid) => SHA256.HashData(cpuid.Bytes);
}
